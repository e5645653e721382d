/**
 * The same batches into two tapes: one with a million ticks, all of today, one with fifty million more in sixteen
 * sessions before them. What a batch and a read of latest cost must not follow the history.
 */
import { ensurePartitions, readLatest, sourceIds, writeBatch } from '@onetape/db'
import { DAY_US, isoFromMicros, MINUTE_US, type Micros, sessionOn } from '@onetape/market'
import type { PoolClient } from 'pg'
import { type BenchServer, benchServer } from '../bench-server.ts'
import { copyText } from '../ingest/bare-table.ts'
import { batchOf, INSTRUMENTS, mint, moment, noise } from '../ingest/market.ts'
import { type BenchCase, type BenchReport, machine, median, spreadOf } from '../report.ts'

const SESSIONS = 16
const MINUTES = 390
/** A million ticks of the session under way lie in both. */
const TODAY = 125
const ROUNDS = 40
const WARM_UP = 5
const AIM = 1.25
/** A Friday; the sessions before it are history. */
const LAST_DATE = '2026-11-20'

export async function run(): Promise<BenchReport> {
  await using server = await benchServer()
  const openings = lastSessions(SESSIONS + 1)
  const today = openings.at(-1)!
  const small = await stage(server, { name: 'small', openings: [today] })
  const large = await stage(server, { name: 'large', openings })
  const batches: number[][] = [[], []]
  const latest: number[][] = [[], []]
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    // The same pictures go into both; who is first changes from round to round.
    for (const side of round % 2 ? [0, 1] : [1, 0]) {
      const { db, ids } = [small, large][side]!
      const batch = batchOf(moment(ids, TODAY + round, { from: today }))
      const batchMs = await timed(() => writeBatch(db, batch))
      const latestMs = await timed(() => readLatest(db))
      if (round < WARM_UP) continue
      batches[side]!.push(batchMs)
      latest[side]!.push(latestMs)
    }
  }
  const stored = (await large.db.pool.query('select count(*) as n from market_data_ticks')).rows[0].n
  const millions = Math.round(stored / 1e6)
  return {
    name: 'growth',
    machine: machine(),
    cases: [
      caseOf(`a batch of 8,000 with ${millions} million ticks stored`, batches),
      caseOf(`all latest rows with ${millions} million ticks stored`, latest),
    ],
  }
}

function caseOf(name: string, [small, large]: readonly number[][]): BenchCase {
  const ratios = large!.map((ms, i) => ms / small![i]!)
  const ratio = median(large!) / median(small!)
  return {
    case: name,
    value: median(large!),
    unit: 'ms',
    control: median(small!),
    ratio,
    spread: spreadOf(ratios),
    aim: `<= ${AIM} of one million`,
    holds: ratio <= AIM,
  }
}

/** Starts of the newest sessions, oldest first. */
function lastSessions(count: number): Micros[] {
  const openings: Micros[] = []
  for (let at = Date.parse(LAST_DATE); openings.length < count; at -= DAY_US / 1000) {
    const session = sessionOn('XNYS', new Date(at).toISOString().slice(0, 10))
    if (session) openings.unshift(session.open)
  }
  return openings
}

async function stage(server: BenchServer, o: { name: string; openings: readonly Micros[] }) {
  const { db } = await server.database(o.name)
  const ids = await mint(db)
  const sourceId = (await sourceIds(db, ['polygon'])).get('polygon')!
  const client = await db.pool.connect()
  for (const [i, opening] of o.openings.entries()) {
    // Each day was today once, so its partition is as wide as a recent one.
    await ensurePartitions(db, { marketNow: opening })
    const isToday = i === o.openings.length - 1
    await load(client, { ids, sourceId, opening, minutes: isToday ? TODAY : MINUTES })
    process.stderr.write(`\r${o.name}: ${i + 1} of ${o.openings.length} sessions stored `)
  }
  process.stderr.write('\n')
  client.release()
  await writeBatch(db, batchOf(moment(ids, TODAY - 1, { from: o.openings.at(-1)! })))
  await db.pool.query('vacuum analyze')
  await db.pool.query('checkpoint')
  return { db, ids }
}

async function load(
  client: PoolClient,
  o: { ids: readonly number[]; sourceId: number; opening: Micros; minutes: number },
): Promise<void> {
  for (let n = 0; n < o.minutes - 1; n++) {
    const second = isoFromMicros(o.opening + n * MINUTE_US).slice(0, 19)
    const lines = o.ids.map((id, i) => {
      const price = (5 + noise(i) * 400 * (1 + 0.01 * Math.sin(n / 40 + i))).toFixed(2)
      const us = String(i * 100 + n).padStart(6, '0')
      return `${second}.${us}Z\t1\t${id}\t${o.sourceId}\t${price}\t${Math.floor(1_000 * (1 + i) * (n + 1))}\n`
    })
    await copyText(client, 'market_data_ticks', Buffer.from(lines.join('')))
  }
  if (o.ids.length !== INSTRUMENTS) throw new Error(`${o.ids.length} instruments, not ${INSTRUMENTS}`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
