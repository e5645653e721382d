import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchForSecrets } from './search-for-secrets.ts'

const formsIn = (text: string, value: string | Uint8Array) =>
  searchForSecrets([{ where: 'here', text }], [{ name: 'it', value }]).map((leak) => leak.form)

const secret = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }).filter((s) => s.isWellFormed())
const around = fc.string({ maxLength: 20 })

const CARRIERS: [string, (text: string) => string][] = [
  ['as it is', (text) => text],
  ['in JSON', (text) => JSON.stringify({ text })],
  ['in JSON', (text) => JSON.stringify({ log: JSON.stringify({ text }) })],
  ['in a URL', (text) => `/path?q=${encodeURIComponent(text)}`],
  ['in a URL', (text) => `/path?${new URLSearchParams({ q: text })}`],
  ['in a URL', (text) => `/a?b=${encodeURIComponent(`/path?q=${encodeURIComponent(text)}`).toLowerCase()}`],
  ['base64', (text) => Buffer.from(text).toString('base64')],
  ['base64url', (text) => Buffer.from(text).toString('base64url')],
  ['hex', (text) => `\\x${Buffer.from(text).toString('hex').toUpperCase()}`],
]

describe('a search for secrets', () => {
  it.each(CARRIERS)('finds it %s, wherever it stands in what is carried', (form, carry) => {
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        expect(formsIn(`${before} ${carry(`${before}${value}${after}`)}`, value)).toContain(form)
      }),
    )
  })

  it('finds bytes in base64 and hex', () => {
    for (let n = 0; n < 50; n++) {
      const key = randomBytes(32)
      expect(formsIn(`{"key": "${key.toString('base64')}"}`, key)).toContain('base64')
      expect(formsIn(`id:${key.toString('base64url')},`, key)).toContain('base64url')
      expect(formsIn(`Basic ${Buffer.concat([Buffer.from('a:'), key]).toString('base64')}`, key)).toContain(
        'base64',
      )
      expect(formsIn(key.toString('hex'), key)).toContain('hex')
    }
  })

  it('finds nothing where it is not, and says where it is', () => {
    const secrets = Array.from({ length: 20 }, (_, n) => ({
      name: `${n}`,
      value: randomBytes(16).toString('base64url'),
    }))
    const noise = Array.from({ length: 50 }, (_, n) => ({
      where: `${n}`,
      text: randomBytes(2_000).toString('base64'),
    }))
    expect(searchForSecrets(noise, secrets)).toEqual([])
    noise[7]!.text += secrets[3]!.value.slice(0, -1)
    expect(searchForSecrets(noise, secrets)).toEqual([])
    noise[8]!.text += secrets[3]!.value
    expect(searchForSecrets(noise, secrets)).toMatchObject([
      { where: '8', secret: '3', form: 'as it is' },
      { form: 'in JSON' },
      { form: 'in a URL' },
    ])
  })

  it('refuses what is too short to be told from chance', () => {
    expect(() => formsIn('x', 'short')).toThrow(RangeError)
  })
})
