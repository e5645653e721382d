// The tape against a reference that a person can read: whatever comes, duplicated, late, contradicting, in whatever
// batches, the tables hold what row-by-row rules say.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Batch } from '../batch.ts'
import { ReferenceTape } from '../reference-tape.ts'
import { bar, batch, daily, HOUSE_ORDER, latest, minute, newInstruments, tick } from '../sample-batches.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { writeBatch } from './write-batch.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const slot = fc.integer({ min: 0, max: 4 })
const who = fc.integer({ min: 0, max: 2 })
const price = fc.integer({ min: 10, max: 12 })
const volume = fc.option(fc.integer({ min: 0, max: 2 }), { freq: 3 })
const basis = fc.constantFrom('raw' as const, 'split' as const)

const step = fc.record({
  source: fc.constantFrom(...HOUSE_ORDER, 'import:csv'),
  now: fc.integer({ min: 0, max: 9 }),
  ticks: fc.array(fc.tuple(who, slot, price, volume), { maxLength: 6 }),
  bars: fc.array(fc.tuple(who, slot, price, fc.boolean(), volume, basis), { maxLength: 6 }),
  daily: fc.array(fc.tuple(who, slot, price, fc.boolean(), volume, basis), { maxLength: 6 }),
  latest: fc.array(fc.tuple(who, slot, price, volume, fc.option(price)), { maxLength: 4 }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const batchOf = (s: Step, ids: number[]): Batch =>
  batch({
    source: s.source,
    marketNow: minute(s.now),
    ticks: s.ticks.map(([i, n, p, v]) => tick(ids[i]!, minute(n), p, v)),
    bars: s.bars.map(([i, n, p, final, v, b]) => bar(ids[i]!, minute(n), p, { final, volume: v, basis: b })),
    daily: s.daily.map(([i, n, p, settled, v, b]) =>
      daily(ids[i]!, `2026-11-0${n + 1}`, p, { settled, volume: v, basis: b }),
    ),
    latest: s.latest.map(([i, n, p, v, bid]) => latest(ids[i]!, minute(n), p, { volume: v, bid })),
  })

test('agrees with the reference over random schedules', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      const ids = await newInstruments(t.db, 3)
      const reference = new ReferenceTape(HOUSE_ORDER)
      for (const s of steps) {
        const one = batchOf(s, ids)
        const result = await writeBatch(t.db, one)
        expect({
          ticks: result.ticks,
          bars: result.bars,
          daily: result.daily,
          latest: result.latest,
        }).toEqual(reference.write(one))
      }
      expect(await tapeOf(ids)).toEqual(reference.contents())
    }),
    { numRuns: 25 },
  )
})

async function tapeOf(ids: number[]) {
  const read = async (text: string) => {
    const { rows } = await t.db.pool.query({ text, values: [ids], rowMode: 'array' })
    return rows.map((row) => row.map(String).join(' ')).sort()
  }
  const from = (table: string) =>
    `from ${table} join sources s on s.id = source_id where instrument_id = any ($1)`
  return {
    ticks: await read(`select instrument_id, ts, s.name, price, volume ${from('market_data_ticks')}`),
    bars: await read(
      `select instrument_id, ts, s.name, basis, final, close, volume ${from('market_data_bars')}`,
    ),
    daily: await read(
      `select instrument_id, session_date, s.name, basis, settled, close, volume ${from('market_data_daily')}`,
    ),
    latest: await read(`select instrument_id, ts, s.name, last, volume, bid ${from('market_data_latest')}`),
    restatements: await read(
      `select instrument_id, what, coalesce(extract(epoch from ts) * 1000000, 0)::bigint, s.name,
         coalesce(old->>'price', old->>'close'), coalesce(new->>'price', new->>'close') ${from('market_data_restatements')}`,
    ),
  }
}
