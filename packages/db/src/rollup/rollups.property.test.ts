// Roll-ups against a reference that a person can read: whatever comes, late, twice, contradicting, from two sources, on
// two bases, followed in whatever turns by followers that are killed, the tables hold what the stored events make.
import { type AssetClass, MINUTE_US, type Micros, sessionAt, sessionOn, venueOf } from '@onetape/market'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Db } from '../connect.ts'
import { bar, batch, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { mintInstruments } from '../writes/mint-instruments.ts'
import { rollUpBatches } from '../writes/roll-up-batches.ts'
import { writeBatch } from '../writes/write-batch.ts'
import { verifyRollups } from './verify.ts'

let t: TestDatabase
/** Of this one connections are killed. */
let mortal: Db
beforeAll(async () => {
  t = await testDatabase()
  mortal = connect({ url: t.url, applicationName: 'mortal', poolMax: 1 })
}, 120_000)
afterAll(async () => {
  await mortal.end()
  await t.drop()
})

const sessionOf = (assetClass: AssetClass, date: string) => sessionOn(venueOf(assetClass), date)!
/** Where days and buckets begin and end: a plain day, an early close, the clocks changed over the weekend before. */
const ANCHORS: readonly Micros[] = [
  sessionOf('equity', '2026-11-20').open,
  sessionOf('equity', '2026-11-20').open + 30 * MINUTE_US,
  sessionOf('equity', '2026-11-20').close,
  sessionOf('equity', '2026-11-27').close,
  sessionOf('equity', '2026-11-02').open,
  sessionOf('fx', '2026-11-20').open,
  sessionOf('crypto', '2026-11-20').open,
]

const CLASSES = ['equity', 'crypto', 'fx'] as const
const SYMBOLS: Record<(typeof CLASSES)[number], (n: number) => string> = {
  equity: (n) => `P${letters(n)}`,
  crypto: (n) => `P${letters(n)}-USD`,
  fx: (n) => `${letters(n).slice(-3)}-USD`,
}
const letters = (n: number) =>
  [...String(n).padStart(4, '0')].map((digit) => String.fromCharCode(65 + Number(digit))).join('')

let minted = 0
async function newOnes(): Promise<{ id: number; assetClass: AssetClass }[]> {
  const n = minted++
  const refs = CLASSES.map((assetClass) => ({ ref: { assetClass, symbol: SYMBOLS[assetClass](n) } }))
  return (await mintInstruments(t.db, refs)).map(({ id, assetClass }) => ({ id, assetClass }))
}

const at = fc.tuple(fc.constantFrom(...ANCHORS), fc.integer({ min: -3, max: 6 }))
const who = fc.nat({ max: CLASSES.length - 1 })
const price = fc.integer({ min: 10, max: 20 })
const volume = fc.option(fc.integer({ min: 0, max: 50 }))
const basis = fc.constantFrom('raw' as const, 'raw' as const, 'split' as const)
const step = fc.record({
  source: fc.constantFrom('polygon', 'yahoo'),
  ticks: fc.array(fc.tuple(who, at, fc.nat({ max: 59_999_999 }), price, volume), { maxLength: 6 }),
  bars: fc.array(fc.tuple(who, at, price, fc.boolean(), volume, basis), { maxLength: 6 }),
  turn: fc.constantFrom('nothing', 'one', 'two at once', 'killed'),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const batchOf = (s: Step, ids: number[]) =>
  batch({
    source: s.source,
    marketNow: sessionOf('equity', '2026-11-30').close,
    ticks: s.ticks.map(([i, [anchor, n], us, p, v]) =>
      // Some fall on the very microsecond of a bar's open or close.
      tick(ids[i]!, anchor + n * MINUTE_US + (us % 5 === 0 ? 0 : us % 5 === 1 ? MINUTE_US - 1 : us), p, v),
    ),
    bars: s.bars.map(([i, [anchor, n], p, final, v, b]) =>
      bar(ids[i]!, anchor + n * MINUTE_US, p, { final, volume: v, basis: b, high: p + ((v ?? 0) % 3) }),
    ),
  })

async function follow(turn: Step['turn']): Promise<void> {
  if (turn === 'one') await rollUpBatches(t.db, { limit: 1 })
  if (turn === 'two at once')
    await Promise.all([rollUpBatches(t.db, { limit: 1 }), rollUpBatches(t.db, { limit: 3 })])
  if (turn === 'killed') {
    const dying = rollUpBatches(mortal, { limit: 3 }).catch(() => {})
    const kill = () =>
      t.db.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mortal'`,
      )
    await Promise.race([kill(), dying])
    await kill()
    await dying
  }
}

test('agree with the reference over random schedules', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const instruments = await newOnes()
      const ids = instruments.map((i) => i.id)
      for (const s of steps) {
        await writeBatch(t.db, batchOf(s, ids))
        await follow(s.turn)
      }
      while ((await rollUpBatches(t.db, { limit: 2 })).batches > 0);
      const events = await eventsOf(ids)
      expect(await storedBuckets(ids)).toEqual(bucketsOf(events))
      expect(await storedDays(ids)).toEqual(
        daysOf(events, new Map(instruments.map((i) => [i.id, i.assetClass]))),
      )
    }),
    { numRuns: 40 },
  )
  expect(await verifyRollups(t.db)).toEqual([])
})

// ---- the reference

interface Event {
  series: string
  instrumentId: number
  ts: Micros
  /** Bars stand before ticks of the same instant. */
  rank: number
  closeTs: Micros
  open: number
  high: number
  low: number
  close: number
  volume: number | null
  cumulative: number | null
}

async function eventsOf(ids: number[]): Promise<Event[]> {
  const read = async (table: string) =>
    (await t.db.pool.query(`select * from ${table} where instrument_id = any ($1)`, [ids])).rows
  const ticks = (await read('market_data_ticks')).map(
    (x): Event => ({
      ...{
        series: `${x.instrument_id} ${x.source_id} raw`,
        instrumentId: x.instrument_id,
        ts: x.ts,
        rank: 1,
      },
      ...{
        closeTs: x.ts,
        open: x.price,
        high: x.price,
        low: x.price,
        close: x.price,
        volume: null,
        cumulative: x.volume,
      },
    }),
  )
  const bars = (await read('market_data_bars')).map(
    (b): Event => ({
      ...{
        series: `${b.instrument_id} ${b.source_id} ${b.basis}`,
        instrumentId: b.instrument_id,
        ts: b.ts,
        rank: 0,
      },
      ...{ closeTs: b.final ? b.ts + MINUTE_US - 1 : b.ts, cumulative: null },
      ...{ open: b.open, high: b.high, low: b.low, close: b.close, volume: b.volume },
    }),
  )
  return [...ticks, ...bars]
}

function lineOf(key: string, events: Event[]): string {
  const first = events.reduce((a, b) => (b.ts < a.ts || (b.ts === a.ts && b.rank < a.rank) ? b : a))
  const last = events.reduce((a, b) =>
    b.closeTs > a.closeTs || (b.closeTs === a.closeTs && b.rank < a.rank) ? b : a,
  )
  const [high, low] = [Math.max(...events.map((e) => e.high)), Math.min(...events.map((e) => e.low))]
  const volumes = events.flatMap((e) => e.volume ?? [])
  const cumulatives = events.flatMap((e) => e.cumulative ?? [])
  const volume = volumes.length > 0 ? volumes.reduce((a, b) => a + b, 0) : null
  const cumulative = cumulatives.length > 0 ? Math.max(...cumulatives) : null
  return [key, first.ts, first.open, high, low, last.closeTs, last.close, volume, cumulative].join(' ')
}

const foldedBy = (events: Event[], keyOf: (e: Event) => string | null): string[] => {
  const groups = Map.groupBy(events, keyOf)
  groups.delete(null)
  return [...groups].map(([key, of]) => lineOf(key!, of)).sort()
}

const bucketsOf = (events: Event[]): string[] =>
  [5, 30]
    .flatMap((minutes) =>
      foldedBy(events, (e) => `${minutes}m ${e.series} ${e.ts - (e.ts % (minutes * MINUTE_US))}`),
    )
    .sort()

function daysOf(events: Event[], classes: Map<number, AssetClass>): string[] {
  const lines = foldedBy(events, (e) => {
    const { state, session } = sessionAt(venueOf(classes.get(e.instrumentId)!), e.ts)
    return state === 'open' ? `${e.series} ${session!.date}` : null
  })
  // A day has one volume: what its bars add up to, or what a tick told, whichever is more.
  return lines.map((line) => {
    const [cumulative, volume, ...rest] = line.split(' ').reverse()
    const told = [volume, cumulative].filter((v) => v !== '').map(Number)
    return [...rest.reverse(), told.length > 0 ? Math.max(...told) : ''].join(' ')
  })
}

// ---- what is stored

async function storedBuckets(ids: number[]): Promise<string[]> {
  const { rows } = await t.db.pool.query('select * from market_data_rollups where instrument_id = any ($1)', [
    ids,
  ])
  return rows
    .map((r) =>
      [
        ...[r.timeframe, r.instrument_id, r.source_id, r.basis, r.ts, r.open_ts, r.open, r.high, r.low],
        ...[r.close_ts, r.close, r.volume, r.cumulative],
      ].join(' '),
    )
    .sort()
}

async function storedDays(ids: number[]): Promise<string[]> {
  const { rows } = await t.db.pool.query('select * from market_data_daily where instrument_id = any ($1)', [
    ids,
  ])
  return rows
    .map((d) =>
      [
        ...[
          d.instrument_id,
          d.source_id,
          d.basis,
          d.session_date,
          d.open_ts,
          d.open,
          d.high,
          d.low,
          d.close_ts,
        ],
        ...[d.close, d.volume],
      ].join(' '),
    )
    .sort()
}
