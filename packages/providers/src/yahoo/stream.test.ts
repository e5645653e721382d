import { describe, expect, it } from 'vitest'
import { superviseStream } from '../stream/supervise.ts'
import { at } from '../testing-server.ts'
import { eventsUntil, testSocketVendor } from '../testing-socket.ts'
import { decodePricingData, NoPricingData } from './pricing-data.ts'
import { sessionOf } from './stream.ts'
import { depsAt, NOW, providerAt } from './testing-provider.ts'

const equity = (symbol: string) => ({ assetClass: 'equity', symbol }) as const
const T0 = at(NOW) / 1000 - 2_500

type Field = readonly [
  number: number,
  kind: 'text' | 'float' | 'double' | 'signed' | 'int',
  value: string | number,
]

/** PricingData as the vendor writes it. */
function encoded(fields: readonly Field[]): Uint8Array {
  const bytes: number[] = []
  const varint = (n: bigint) => {
    let rest = n
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
    bytes.push(Number(rest))
  }
  for (const [number, kind, value] of fields) {
    const wireType = { text: 2, float: 5, double: 1, signed: 0, int: 0 }[kind]
    varint(BigInt(number * 8 + wireType))
    if (kind === 'text') {
      const text = new TextEncoder().encode(String(value))
      varint(BigInt(text.length))
      bytes.push(...text)
    } else if (kind === 'signed') {
      const n = BigInt(value)
      varint(n < 0n ? -n * 2n - 1n : n * 2n)
    } else if (kind === 'int') varint(BigInt(value))
    else {
      const view = new DataView(new ArrayBuffer(kind === 'float' ? 4 : 8))
      if (kind === 'float') view.setFloat32(0, Number(value), true)
      else view.setFloat64(0, Number(value), true)
      bytes.push(...new Uint8Array(view.buffer))
    }
  }
  return new Uint8Array(bytes)
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const pricing = (id: string, over: readonly Field[] = []): string =>
  base64(
    encoded([
      [1, 'text', id],
      [2, 'float', 136.76],
      [3, 'signed', T0],
      [5, 'text', 'NMS'],
      [6, 'int', 8],
      [7, 'int', 1],
      [9, 'signed', 53_197_431],
      [12, 'float', -0.3],
      [27, 'signed', 2],
      [33, 'double', 2.1e12],
      ...over,
    ]),
  )
const enveloped = (message: string) => ({ type: 'pricing', message })

describe('PricingData', () => {
  it('is read field by field, the unknown ones skipped by their wire type', () => {
    const bytes = Buffer.from(pricing('ACME', [[23, 'float', 136.75]]), 'base64')
    expect(decodePricingData(bytes)).toEqual({
      id: 'ACME',
      price: Math.fround(136.76),
      time: T0,
      exchange: 'NMS',
      quoteType: 8,
      marketHours: 1,
      dayVolume: 53_197_431,
      bid: 136.75,
    })
    expect(
      decodePricingData(
        encoded([
          [1, 'text', 'X'],
          [3, 'signed', -5],
        ]),
      ).time,
    ).toBe(-5)
  })

  it('cut short, endless or of another kind it is none', () => {
    const whole = Buffer.from(pricing('ACME'), 'base64')
    expect(() => decodePricingData(whole.subarray(0, whole.length - 1))).toThrow('is cut short')
    expect(() => decodePricingData(new Uint8Array(12).fill(255))).toThrow(NoPricingData)
    expect(() => decodePricingData(new Uint8Array([14]))).toThrow('wire type 6')
    expect(() => decodePricingData(encoded([[2, 'float', 1]]))).toThrow('names no symbol')
  })
})

describe('stream', () => {
  it('subscribes by the vendor’s names and reads both kinds of frame', async () => {
    await using vendor = await testSocketVendor({
      onMessage: (_said, line) => {
        line.say(enveloped(pricing('BRK-B')))
        line.say(
          pricing('BTC-USD', [
            [6, 'int', 41],
            [5, 'text', 'CCC'],
            [4, 'text', 'USD'],
            [2, 'float', 70000.5],
          ]),
        )
      },
    })
    const refs = [equity('BRK.B'), { assetClass: 'crypto', symbol: 'BTC-USD' } as const]
    const stream = providerAt(vendor.url).streamQuotes!(refs)
    const events = await eventsUntil(stream, (all) => all.length === 3)
    expect(vendor.lines[0]!.path).toBe('/?version=2')
    expect(vendor.lines[0]!.heard).toEqual([{ subscribe: ['BRK-B', 'BTC-USD'] }])
    expect(events).toEqual([
      { type: 'up', at: at(NOW), refused: [] },
      {
        type: 'quote',
        quote: {
          ...equity('BRK.B'),
          ts: T0 * 1000,
          tsOrigin: 'vendor',
          last: 136.76,
          bid: null,
          ask: null,
          bidSize: null,
          askSize: null,
          volume: 53_197_431,
          feed: 'yahoo',
          delayedMinutes: 0,
          currency: 'USD',
        },
      },
      { type: 'quote', quote: expect.objectContaining({ symbol: 'BTC-USD', last: 70000.5, volume: null }) },
    ])
  })

  it('pence become pounds, other exchanges run behind; without a currency they cannot be told', async () => {
    const london: Field[] = [
      [5, 'text', 'LSE'],
      [2, 'float', 305.5],
    ]
    await using vendor = await testSocketVendor({
      onMessage: (_said, line) => {
        line.say(enveloped(pricing('NOCUR.L', london)))
        line.say(enveloped(pricing('PENNY.L', [...london, [4, 'text', 'GBp']])))
      },
    })
    const stream = providerAt(vendor.url).streamQuotes!([equity('NOCUR.L'), equity('PENNY.L')])
    const events = await eventsUntil(stream, (all) => all.length === 2)
    expect(events[1]).toMatchObject({
      quote: { symbol: 'PENNY.L', last: 3.055, currency: 'GBP', delayedMinutes: 15, feed: 'delayed' },
    })
    expect(stream.stats().lastDropped).toEqual([{ row: 'NOCUR.L', reason: 'no currency' }])
  })

  it('what is no price is dropped with its reason or a sign of life', async () => {
    await using vendor = await testSocketVendor({
      onMessage: (_said, line) => {
        line.say('%%%')
        line.say('{"type":"pricing","mess')
        line.say({ type: 'pricing' })
        line.say({ type: 'heartbeat' })
        line.say(pricing('ACME').slice(0, -8))
        line.say(pricing('ACME', [[2, 'float', 0]]))
        line.say(pricing('GC=F', [[6, 'int', 18]]))
        line.say(pricing('BEAT', [[6, 'int', 7]]))
        line.say(pricing('ACME'))
      },
    })
    const stream = providerAt(vendor.url).streamQuotes!([equity('ACME')])
    await eventsUntil(stream, (all) => all.length === 2)
    expect(stream.stats().lastDropped).toEqual([
      { row: 'frame', reason: 'is no base64' },
      { row: 'frame', reason: 'is a body that is cut short' },
      { row: 'frame', reason: 'is an envelope without a message' },
      { row: 'frame', reason: 'is no PricingData: is cut short' },
      { row: 'ACME', reason: 'no price' },
      { row: 'GC=F', reason: 'quote type 18 has no asset class here' },
    ])
  })

  it('a subscription is repeated before the vendor forgets it, with the symbols of the day', async () => {
    const { promise: repeated, resolve } = Promise.withResolvers<void>()
    await using vendor = await testSocketVendor({
      onMessage: (_said, line) => {
        if (line.heard.filter((m) => m.subscribe?.includes('B')).length === 2) resolve()
      },
    })
    const deps = depsAt(vendor.url)
    const stream = superviseStream({ provider: 'yahoo', refs: [equity('A')], open: sessionOf(deps, 5), deps })
    const reading = eventsUntil(stream, () => false)
    await expect.poll(() => vendor.lines[0]?.heard.length ?? 0).toBeGreaterThan(1)
    stream.setRefs([equity('B')])
    await repeated
    await stream.close()
    await reading
    const said = vendor.lines[0]!.heard
    expect(said[0]).toEqual({ subscribe: ['A'] })
    expect(said[1]).toEqual({ subscribe: ['A'] })
    expect(said).toContainEqual({ unsubscribe: ['A'] })
    expect(said.at(-1)).toEqual({ subscribe: ['B'] })
  })
})
