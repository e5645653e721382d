import { expect, it } from 'vitest'
import { FirstOperatorCode } from './first-operator.ts'

it('is another each time, and is told in any way of writing it', () => {
  const code = new FirstOperatorCode()
  expect(code.text).toMatch(/^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}$/)
  expect(new FirstOperatorCode().text).not.toBe(code.text)
  expect(code.take(` ${code.text.toLowerCase().replaceAll('-', ' ')} `)).toBe(true)
})

it('is had by one at a time, comes back from a failure, and is gone once used', () => {
  const code = new FirstOperatorCode('ABCD-EFGH-JKLM-NPQR')
  expect(code.take('ABCD-EFGH-JKLM-NPQQ')).toBe(false)
  expect(code.take('')).toBe(false)
  expect([code.take(code.text), code.take(code.text)]).toEqual([true, false])
  code.giveBack()
  expect(code.take(code.text)).toBe(true)
  code.use()
  code.giveBack()
  expect([code.isUsed, code.take(code.text)]).toEqual([true, false])
})
