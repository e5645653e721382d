import { registry, simulatedSettings } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { checkedCredentials, hintOf } from './credentials.ts'
import { freeName, renamedIn, takenNames } from './source-name.ts'
import { createVendorBook } from './vendor-book.ts'

const { definitions } = registry
const live = createVendorBook({ definitions, settings: {}, mode: 'live' })
const polygon = live.usable('polygon')
const alpaca = live.usable('alpaca')

describe('credentials', () => {
  it('are trimmed, and empty optional ones left out', () => {
    expect(checkedCredentials(polygon.fields, { apiKey: '  abc123 \n' })).toEqual({ apiKey: 'abc123' })
  })

  it('are never held by a complaint', () => {
    for (const typed of ['my secret', 'my\u200bsecret', 'x'.repeat(2_000)]) {
      const check = () => checkedCredentials(polygon.fields, { apiKey: typed })
      expect(check).toThrow(/^API key: /)
      expect(check).not.toThrow(typed.slice(0, 9))
    }
  })

  it('are hinted at by the end of a long secret alone', () => {
    expect(hintOf(polygon.fields, { apiKey: 'abcdefghijkl' })).toBe('ijkl')
    expect(hintOf(polygon.fields, { apiKey: 'abcdefghijk' })).toBeNull()
    expect(hintOf(alpaca.fields, { keyId: 'AK0123456789ABCD', secretKey: 'short' })).toBeNull()
    expect(hintOf(alpaca.fields, { keyId: 'AK0123456789ABCD', secretKey: 'secret-0123456' })).toBe('3456')
  })
})

describe('vendors', () => {
  it('say how they are connected', () => {
    expect([polygon.how, live.usable('schwab').how, live.usable('coinbase').how]).toEqual([
      'key',
      'oauth',
      'none',
    ])
    expect(live.usable('schwab').fields.map(({ field, required }) => [field, required])).toEqual([
      ['clientId', true],
      ['clientSecret', true],
    ])
  })

  it('in demo are asked at the simulator and nowhere else', () => {
    const settings = simulatedSettings(definitions, {
      polygon: { rest: 'http://127.0.0.1:1', stream: 'ws://127.0.0.1:1' },
      alpaca: { rest: 'http://127.0.0.1:1' },
    })
    const demo = createVendorBook({ definitions, settings, mode: 'demo' })
    expect(demo.usable('polygon').baseUrls).toEqual({
      rest: 'http://127.0.0.1:1',
      stream: 'ws://127.0.0.1:1',
    })
    expect(() => demo.usable('alpaca')).toThrow(/not simulated/) // one of its addresses would be the real one
    expect(() => demo.usable('yahoo')).toThrow(/not simulated/)
  })

  it('that only the operator can reach say so', () => {
    expect(() => live.usable('ibkr')).toThrow(/the operator has to set/)
    expect(() => live.usable('constructor')).toThrow(/is none of/)
  })
})

describe('names', () => {
  it('are those that nobody has, beside the connected ones of the house', () => {
    const house = [
      { name: 'alpaca', state: 'not_connected' },
      { name: 'polygon', state: 'connected' },
    ]
    expect(freeName('alpaca', takenNames(house, []))).toBe('alpaca')
    expect(freeName('polygon', takenNames(house, []))).toBe('polygon:2')
    expect(freeName('polygon', takenNames(house, [{ name: 'polygon:2' }, { name: 'polygon:4' }]))).toBe(
      'polygon:3',
    )
  })

  it('that were proposed give way in the orders to those that were given', () => {
    expect(renamedIn(['polygon:2', 'yahoo'], 'polygon:2', 'polygon:3')).toEqual(['polygon:3', 'yahoo'])
    expect(renamedIn(['polygon:3', 'polygon:2'], 'polygon:2', 'polygon:3')).toEqual(['polygon:3'])
  })
})
