// Runs the conformance command over real recorded vendor bodies, where they are at hand.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const recordings = resolve(root, process.env.RECORDED_DIR ?? '../shared/recorded')
const present = existsSync(recordings)
if (!present)
  console.warn(`conformance: no recordings at ${recordings} (set RECORDED_DIR); that part is skipped`)

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'scripts/conformance.ts'), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })

interface Endpoint {
  source: string
  endpoint: string
  bodies: number
  accepted: number
  rejected: { file: string; reason: string }[]
  rows: number
  dropped: { file: string; row: number | string; reason: string }[]
}

const reportOf = (dir: string) =>
  JSON.parse(run('--dir', dir, '--json').stdout) as {
    endpoints: Endpoint[]
    unread: { source: string; endpoint: string; bodies: number }[]
  }

describe.skipIf(!present)('over the recorded bodies', () => {
  let endpoints: Endpoint[]
  beforeAll(() => {
    endpoints = reportOf(recordings).endpoints
  })

  it('every body of every endpoint that an adapter reads is accepted', () => {
    expect(endpoints.flatMap((e) => e.rejected)).toEqual([])
    expect(endpoints.every((e) => e.accepted === e.bodies)).toBe(true)
    expect(new Set(endpoints.map((e) => e.source))).toEqual(new Set(['polygon', 'yahoo', 'coinbase']))
  })

  it('rows are dropped only where a body lacks a price, a currency or a time', () => {
    const reasons = endpoints.flatMap((e) => e.dropped.map((d) => d.reason))
    expect(new Set(reasons)).toEqual(new Set(['no price', 'no currency', 'timestamp: absent']))
  })
})

describe('the command', () => {
  let dir: string
  const put = (path: string, body: unknown) => {
    const file = join(dir, path)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, typeof body === 'string' ? body : JSON.stringify(body))
  }

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'conformance-'))
    const candle = { start: '1772031360', low: '1', high: '1', open: '1', close: '1', volume: '3' }
    put('coinbase/advanced-candles/good.json', { candles: [candle, { ...candle, open: '' }] })
    put('coinbase/advanced-candles/good.meta.json', { status: 200, provenance: 'recorded' })
    put('coinbase/advanced-candles/broken.json', '<html>')
    put('coinbase/advanced-candles/busy.json', { error: 'RATE', message: 'slow down' })
    put('coinbase/advanced-candles/busy.meta.json', { status: 429, provenance: 'hand-made' })
    put('coinbase/advanced-ws/frame.json', {})
    put('acme/prices/one.json', {})
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  it('counts accepted, rejected, dropped and unread', () => {
    const { endpoints, unread } = reportOf(dir)
    expect(endpoints).toEqual([
      expect.objectContaining({
        source: 'coinbase',
        endpoint: 'advanced-candles',
        bodies: 3,
        accepted: 2,
        rejected: [
          {
            file: 'coinbase/advanced-candles/broken.json',
            reason: 'Coinbase answered with a web page, not JSON',
          },
        ],
        rows: 1,
        dropped: [{ file: 'coinbase/advanced-candles/good.json', row: 1, reason: 'a price is not a number' }],
        errors: [{ file: 'coinbase/advanced-candles/busy.json', kind: 'rate_limited', message: 'slow down' }],
        byProvenance: {
          unknown: { bodies: 1, accepted: 0 },
          'hand-made': { bodies: 1, accepted: 1 },
          recorded: { bodies: 1, accepted: 1 },
        },
      }),
    ])
    expect(unread).toEqual([
      { source: 'acme', endpoint: 'prices', bodies: 1 },
      { source: 'coinbase', endpoint: 'advanced-ws', bodies: 1 },
    ])
  })

  it('prints what one body becomes', () => {
    const printed = JSON.parse(run('--dir', dir, '--print', 'coinbase/advanced-candles/good.json').stdout)
    expect(printed.nouns).toHaveLength(1)
    expect(printed.nouns[0]).toMatchObject({ symbol: 'BTC-USD', close: 1, volume: 3 })
  })

  it('says in one line what is wrong', () => {
    const wrong: [string[], RegExp][] = [
      [['--dir', join(dir, 'nowhere')], /^conformance: no folder of recordings at .*nowhere$/],
      [['--dir', join(dir, 'acme/prices')], /^conformance: no recordings in /],
      [['--dir', dir, '--print', 'missing.json'], /^conformance: no such recording: missing\.json$/],
      [['--dir', dir, '--print', 'acme/prices/one.json'], /^conformance: no adapter reads acme\/prices$/],
      [['--dri', dir], /^conformance: .*--dri/],
    ]
    for (const [args, message] of wrong) {
      const { status, stderr, stdout } = run(...args)
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr.trimEnd()).toMatch(message)
    }
  })
})
