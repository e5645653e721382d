import { expect, it } from 'vitest'
import { operatorLine } from './operator-line.ts'

it('says where the first operator signs up and with which code, and nothing once there is one', () => {
  const line = operatorLine({ type: 'ready', port: 1, operatorCode: 'ABCD-EFGH' }, 'http://127.0.0.1:4680')
  expect(line).toMatch(/http:\/\/127\.0\.0\.1:4680\/sign-up .*ABCD-EFGH$/)
  expect(operatorLine({ type: 'ready', port: 1 }, 'http://127.0.0.1:4680')).toBeNull()
})
