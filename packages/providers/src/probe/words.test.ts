import { describe, expect, it } from 'vitest'
import { ERROR_KINDS } from '../errors.ts'
import { registry } from '../registry.ts'
import { wordsOf } from './words.ts'

describe('words and a fix', () => {
  it('for every kind of error of every vendor: one sentence each, on one line', () => {
    for (const provider of [...registry.names, 'Unheard-of'])
      for (const kind of ERROR_KINDS) {
        const { words, fix } = wordsOf({ kind, provider, message: 'it said\n  so' })
        for (const text of [words, fix]) expect(text, `${provider} ${kind}`).toMatch(/^[A-Z].*[.]$/)
        expect(words).toContain(registry.has(provider) ? registry.get(provider).label : provider)
      }
  })

  it('a refused key names the fields to copy again', () => {
    const message = "Polygon's API answered 401: Unknown API Key"
    expect(wordsOf({ kind: 'unauthorized', provider: 'polygon', message })).toEqual({
      words: 'Polygon.io / Massive does not accept the API key.',
      fix: 'Copy the API key again from your account at Polygon.io / Massive, whole and without spaces; a new one may take a few minutes to work.',
    })
    expect(wordsOf({ kind: 'unauthorized', provider: 'alpaca', message: 'forbidden.' }).words).toBe(
      'Alpaca does not accept the key id and the secret key.',
    )
  })

  it('a sign-in that ran out is not a key that was copied wrongly', () => {
    const ranOut =
      'the Schwab sign-in has run out (it lasts 7 days): a person must sign in again and set a new refresh token'
    expect(wordsOf({ kind: 'unauthorized', provider: 'schwab', message: ranOut })).toEqual({
      words: 'The sign-in at Charles Schwab has run out.',
      fix: 'Sign in at Charles Schwab again; everything else stays as it is.',
    })
    const app = 'the app is unknown (credentials clientId, clientSecret)'
    expect(wordsOf({ kind: 'unauthorized', provider: 'schwab', message: app }).words).toContain('the app key')
  })

  it('what a vendor’s folder says about its ways goes first', () => {
    expect(wordsOf({ kind: 'not_entitled', provider: 'oanda', message: 'forbidden' }).fix).toContain(
      'account id',
    )
    expect(wordsOf({ kind: 'unavailable', provider: 'ibkr', message: 'no' }).fix).toContain('IB Gateway')
  })

  it('a long message is cut', () => {
    const { words } = wordsOf({ kind: 'malformed', provider: 'yahoo', message: 'x'.repeat(5_000) })
    expect(words.length).toBeLessThan(400)
  })
})
