import { describe, expect, it } from 'vitest'
import { changePhrase } from './session-phrase.ts'

const now = 1_000_000e6
const inMinutes = (minutes: number) => now + minutes * 60e6

describe('the next change of a session', () => {
  it.each([
    ['pre', 'open', 48, 'opens in 48m'],
    ['open', 'post', 134, 'closes in 2h 14m'],
    ['open', 'closed', 60, 'closes in 1h'],
    ['post', 'closed', 5, 'ends in 5m'],
    ['closed', 'pre', 540, 'pre-market in 9h'],
  ] as const)('%s to %s', (state, next, minutes, text) => {
    expect(changePhrase(state, { at: inMinutes(minutes), state: next }, now)).toBe(text)
  })

  it('a venue that never closes has none', () => {
    expect(changePhrase('open', null, now)).toBeNull()
  })
})
