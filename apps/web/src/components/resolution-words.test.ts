import { expect, it } from 'vitest'
import { resolutionWords } from './resolution-words.ts'

it.each([
  ['1m', '1 minute'],
  ['90m', '90 minutes'],
  ['3h', '3 hours'],
  ['1d', '1 day'],
  ['3mo', '3 months'],
  ['10y', '10 years'],
])('%s is %s', (name, words) => {
  expect(resolutionWords(name)).toBe(words)
})
