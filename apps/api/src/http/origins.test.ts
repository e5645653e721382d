import { describe, expect, it } from 'vitest'
import { Origins } from './origins.ts'

const from = (host: string, origin?: string) => ({ headers: { host, ...(origin ? { origin } : {}) } })

describe.each([
  ['on loopback', '127.0.0.1', undefined, { secure: false, of: 'http://localhost:4680' }],
  ['on the network', '0.0.0.0', undefined, { secure: true, of: null }],
  [
    'behind a proxy',
    '127.0.0.1',
    'https://tape.example.com',
    { secure: true, of: 'https://tape.example.com' },
  ],
] as const)('%s', (_, bind, publicUrl, expected) => {
  const origins = new Origins(bind, publicUrl)
  it('says whether cookies are for https alone, and where people are sent back to', () => {
    expect(origins.secure).toBe(expected.secure)
    expect(origins.originOf(from('localhost:4680'))).toBe(expected.of)
  })
  it.each(['https://evil.example', 'null', '', 'file:///x', 'http://127.0.0.1.evil.example', 'javascript:1'])(
    'takes no page of %j for ours',
    (origin) => {
      expect(origins.isOurs(origin, '127.0.0.1:4680')).toBe(false)
    },
  )
  it('takes a page at the address that is asked for ours', () => {
    expect(origins.isOurs('http://127.0.0.1:4680', '127.0.0.1:4680')).toBe(true)
    expect(origins.isOurs('http://127.0.0.1:4681', '127.0.0.1:4680')).toBe(false)
  })
})

it('believes its public address, not what a request calls it', () => {
  const origins = new Origins('0.0.0.0', 'https://tape.example.com')
  expect(origins.isOurs('https://tape.example.com', 'whatever.example')).toBe(true)
  expect(origins.isOurs('http://tape.example.com', 'tape.example.com')).toBe(false)
  expect(origins.isOurs('https://evil.example', 'evil.example')).toBe(false)
})
