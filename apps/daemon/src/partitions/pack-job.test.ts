// The daemon's part of packing: one daemon does it, what it did is in the log, and it ends with the daemon.
import { createPartitionsFor, readPartitions } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { DAY_US, type Micros } from '@onetape/market'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPackJob, PACKING_LEASE } from './pack-job.ts'

const NOW: Micros = Date.UTC(2026, 10, 20, 15) * 1000
const CLOSED = NOW - 4 * DAY_US

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  await createPartitionsFor(t.db, { marketNow: NOW, ticks: [CLOSED, NOW] })
  for (const ts of [CLOSED, NOW]) {
    await t.db.pool.query(
      `insert into market_data_ticks (ts, write_id, instrument_id, source_id, price)
       select $1::timestamptz + make_interval(mins => m), m, i, 1, 5 from generate_series(0, 59) m, generate_series(1, 400) i`,
      [new Date(ts / 1000).toISOString()],
    )
  }
}, 120_000)
afterAll(() => t.drop())

const packedNow = async () => (await readPartitions(t.db)).filter((p) => p.packed).map((p) => p.name)

function job(o: { ours: boolean; signal?: AbortSignal }) {
  const said: unknown[] = []
  const asked: string[] = []
  const run = createPackJob({
    tape: t,
    market: { now: () => NOW },
    leases: {
      async hold(name) {
        asked.push(name)
        return o.ours
      },
    },
    log: { info: (...args: unknown[]) => void said.push(args) },
    signal: o.signal ?? new AbortController().signal,
  })
  return { run, said, asked }
}

it('is left to the daemon that holds the lease', async () => {
  const { run, said, asked } = job({ ours: false })
  await run()
  expect({ said, asked, packed: await packedNow() }).toEqual({ said: [], asked: [PACKING_LEASE], packed: [] })
})

it('does nothing once the daemon stops', async () => {
  const { run } = job({ ours: true, signal: AbortSignal.abort() })
  await run()
  expect(await packedNow()).toEqual([])
})

it('packs what is closed, leaves today alone, says so once', async () => {
  const { run, said } = job({ ours: true })
  await run()
  expect(await packedNow()).toEqual(['market_data_ticks_y2026m11d16'])
  expect(said).toMatchObject([
    [{ name: 'market_data_ticks_y2026m11d16', rows: 24_000 }, 'packed a partition'],
  ])
  await run()
  expect(said).toHaveLength(1)
})
