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
  errors: { file: string; kind: string; message: string }[]
}

const reportOf = (dir: string) =>
  JSON.parse(run('--dir', dir, '--json').stdout) as {
    totals: Record<
      'all' | 'real' | 'illustrative',
      { bodies: number; accepted: number; percent: number | null }
    >
    endpoints: Endpoint[]
    unread: { source: string; endpoint: string; bodies: number }[]
  }

describe.skipIf(!present)('over the recorded bodies', () => {
  let report: ReturnType<typeof reportOf>
  beforeAll(() => {
    report = reportOf(recordings)
  })

  it('the bodies of all seven vendors are read, those of a predecessor too, at least 99 % of them', () => {
    const sources = [
      'alpaca',
      'coinbase',
      'ibkr',
      'oanda',
      'polygon',
      'schwab',
      'tdameritrade-legacy',
      'yahoo',
    ]
    expect([...new Set(report.endpoints.map((e) => e.source))].sort()).toEqual(sources)
    expect(report.totals.all.percent).toBeGreaterThanOrEqual(99)
    expect(report.totals.real.percent).toBeGreaterThanOrEqual(99)
    expect(report.endpoints.flatMap((e) => e.rejected).every((r) => r.reason !== '')).toBe(true)
  })

  it('no row is dropped because our schemas do not know the wire', () => {
    const dropped = report.endpoints.flatMap((e) => e.dropped)
    const shape = dropped.filter((d) =>
      /expected \w+, received|unrecognized|off the \w+ grid/i.test(d.reason),
    )
    expect(shape).toEqual([])
    expect(dropped.every((d) => d.reason.length > 5)).toBe(true)
  })

  it('every body is nouns, a typed error, rows or a rejection with its reason: none is read as nothing', () => {
    const silent = report.endpoints.filter(
      (e) => e.rows + e.dropped.length + e.errors.length + e.rejected.length === 0,
    )
    expect(silent.map((e) => `${e.source}/${e.endpoint}`)).toEqual([])
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
    put('tdameritrade-legacy/pricehistory/flat.json', {
      symbol: 'ACME',
      empty: false,
      candles: [{ open: 1, high: 2, low: 1, close: 2, volume: 5, datetime: 1_681_394_400_000 }],
    })
    put('tdameritrade-legacy/pricehistory/flat.meta.json', { recordedAt: '2023 (values)' })
    put('coinbase/unknown-frames/frame.json', {})
    put('acme/prices/one.json', {})
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  it('counts accepted, rejected, dropped and unread', () => {
    const { totals, endpoints, unread } = reportOf(dir)
    expect(totals).toEqual({
      all: { bodies: 4, accepted: 3, percent: 75 },
      real: { bodies: 3, accepted: 2, percent: 66.67 },
      illustrative: { bodies: 1, accepted: 1, percent: 100 },
    })
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
      // A predecessor's bodies are its successor's to read.
      expect.objectContaining({
        source: 'tdameritrade-legacy',
        endpoint: 'pricehistory',
        accepted: 1,
        rows: 1,
      }),
    ])
    expect(unread).toEqual([
      { source: 'acme', endpoint: 'prices', bodies: 1 },
      { source: 'coinbase', endpoint: 'unknown-frames', bodies: 1 },
    ])
  })

  it('prints what one body becomes', () => {
    const printed = JSON.parse(run('--dir', dir, '--print', 'coinbase/advanced-candles/good.json').stdout)
    expect(printed.nouns).toHaveLength(1)
    expect(printed.nouns[0]).toMatchObject({ symbol: 'BTC-USD', close: 1, volume: 3 })
  })

  it('a description that knows a year only says nothing of the day: such a body is old', () => {
    const file = 'tdameritrade-legacy/pricehistory/flat.json'
    const printed = JSON.parse(run('--dir', dir, '--print', file).stdout)
    expect(printed.nouns[0]).toMatchObject({ symbol: 'ACME', timeframe: '1m', final: true })
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
