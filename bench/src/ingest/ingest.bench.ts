/**
 * The whole write path against what Postgres can do at best, and against the plain design. Every round writes a batch
 * of each kind, so that what else the machine does falls on all of them.
 */
import { type Db, ensurePartitions, rollUpBatches, sourceIds, writeBatch } from '@onetape/db'
import { MINUTE_US } from '@onetape/market'
import type { PoolClient } from 'pg'
import { type BenchServer, benchServer } from '../bench-server.ts'
import { type BenchCase, type BenchReport, machine, median, quantile, spreadOf } from '../report.ts'
import { BARE, copyText, createBareTable, textOf } from './bare-table.ts'
import { batchOf, INSTRUMENTS, type Moment, mint, moment, OPENING } from './market.ts'
import { createPlainTable, plainBatch } from './plain-design.ts'
import { Timeline } from './timeline.ts'

/** 250 moments of 8,000: two million rows lie there before the first round. */
const STORED = 250
const ROUNDS = 60
const WARM_UP = 5
const PLAIN_BATCHES = 5

export async function run(): Promise<BenchReport> {
  await using server = await benchServer()
  const cases = [...(await againstCopy(server)), await againstPlain(server)]
  return { name: 'ingest', machine: machine(), cases }
}

const STEP_US = 20_000_000

async function stage(server: BenchServer, name: string) {
  const { db } = await server.database(name)
  const at = (n: number) => OPENING + n * STEP_US
  await ensurePartitions(db, { marketNow: at(0) })
  await createBareTable(db)
  const ids = await mint(db)
  const sourceId = (await sourceIds(db, ['polygon', 'yahoo'])).get('polygon')!
  const client = await db.pool.connect()
  for (let n = 0; n < STORED; n++) {
    const text = textOf(moment(ids, n, { stepUs: STEP_US }).ticks, { writeId: 1, sourceId })
    await copyText(client, BARE, text)
    await copyText(client, 'market_data_ticks', text)
  }
  await db.pool.query(`vacuum (analyze) market_data_ticks`)
  await db.pool.query(`vacuum (analyze) ${BARE}`)
  await db.pool.query('checkpoint')
  return { db, ids, sourceId, client }
}

async function againstCopy(server: BenchServer): Promise<BenchCase[]> {
  const { db, ids, sourceId, client } = await stage(server, 'ingest')
  const fresh: Pair[] = []
  const mixed: Pair[] = []
  const before: Record<string, Moment> = {}
  const timeline = new Timeline(db)
  let n = STORED
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const one = moment(ids, n++, { stepUs: STEP_US })
    const clean = await pair({
      client,
      control: textOf(one.ticks, { writeId: n, sourceId }),
      ours: () => timeline.of(() => writeBatch(db, batchOf(one))),
    })
    // The second picture is half polygon's and half yahoo's; a tenth repeats the one before, a hundredth is late.
    const other = moment(ids, n++, { stepUs: STEP_US })
    const dirty = ['polygon', 'yahoo'].map((source, part) => {
      const own = halfOf(other, part)
      const soiled = soil(own, before[source] ?? null)
      before[source] = own
      return batchOf(soiled, source)
    })
    const soiled = await pair({
      client,
      control: textOf(other.ticks, { writeId: n, sourceId }),
      async ours() {
        for (const batch of dirty) await writeBatch(db, batch)
      },
    })
    if (round < WARM_UP) continue
    fresh.push(clean)
    mixed.push(soiled)
  }
  client.release()
  const behind = await rollUpAll(db)
  return [
    ratioCase('8,000 new rows: ticks, latest, sync, ledger, NOTIFY', fresh, 0.8),
    ...timeline.cases(),
    ratioCase('10 % duplicates, 1 % late, two sources', mixed, 0.55),
    {
      case: `roll-ups: time to fold one of ${behind.batches} batches, all behind`,
      value: behind.ms / behind.batches,
      ...{ unit: 'ms', control: null, ratio: null, spread: null, aim: 'printed', holds: true },
    },
  ]
}

interface Pair {
  controlMs: number
  oursMs: number
}

/** Which goes first changes from round to round. */
let oursFirst = false

async function pair(o: { client: PoolClient; control: Buffer; ours: () => Promise<unknown> }): Promise<Pair> {
  const control = () => timed(() => copyText(o.client, BARE, o.control))
  const ours = () => timed(o.ours)
  oursFirst = !oursFirst
  if (oursFirst) {
    const oursMs = await ours()
    return { oursMs, controlMs: await control() }
  }
  const controlMs = await control()
  return { controlMs, oursMs: await ours() }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

function ratioCase(name: string, pairs: readonly Pair[], aim: number): BenchCase {
  const ratios = pairs.map((p) => p.controlMs / p.oursMs)
  const ratio = median(ratios)
  return {
    case: name,
    value: INSTRUMENTS / (median(pairs.map((p) => p.oursMs)) / 1000),
    unit: 'rows/s',
    control: INSTRUMENTS / (median(pairs.map((p) => p.controlMs)) / 1000),
    ratio,
    spread: spreadOf(ratios),
    aim: `>= ${aim} of raw COPY`,
    holds: ratio >= aim,
  }
}

const halfOf = (m: Moment, part: number): Moment => {
  const keep = <T>(rows: readonly T[]) => rows.filter((_, i) => i % 2 === part)
  return { ticks: keep(m.ticks), latest: keep(m.latest), at: m.at }
}

/** The same number of rows: the first tenth as they were the last time, a hundredth a minute before its time. */
function soil(m: Moment, before: Moment | null): Moment {
  const repeated = before ? Math.floor(m.ticks.length / 10) : 0
  const late = Math.floor(m.ticks.length / 100)
  const ticks = m.ticks.map((t, i) => {
    if (i < repeated) return before!.ticks[i]!
    return i < repeated + late ? { ...t, ts: t.ts - MINUTE_US - i } : t
  })
  return { ...m, ticks, latest: m.latest.map((row, i) => (i < repeated ? before!.latest[i]! : row)) }
}

async function rollUpAll(db: Db): Promise<{ batches: number; ms: number }> {
  let batches = 0
  const ms = await timed(async () => {
    for (;;) {
      const done = await rollUpBatches(db, { limit: 1 })
      if (done.batches === 0) return
      batches += done.batches
    }
  })
  return { batches, ms }
}

async function againstPlain(server: BenchServer): Promise<BenchCase> {
  const { db, ids, sourceId, client } = await stage(server, 'plain')
  client.release()
  await createPlainTable(db)
  const oursMs: number[] = []
  const plainMs: number[] = []
  let n = STORED
  for (let round = 0; round < PLAIN_BATCHES; round++) {
    const plain = moment(ids, n++, { stepUs: STEP_US })
    plainMs.push(await timed(() => plainBatch(db, { ticks: plain.ticks, sourceId })))
    const ours: number[] = []
    for (let i = 0; i < 5; i++) {
      const batch = batchOf(moment(ids, n++, { stepUs: STEP_US }))
      ours.push(await timed(() => writeBatch(db, batch)))
    }
    oursMs.push(quantile(ours, 0.5))
  }
  const ratios = plainMs.map((ms, i) => ms / oursMs[i]!)
  return {
    case: 'one ORM upsert a row, then REFRESH of a DISTINCT ON view',
    value: INSTRUMENTS / (median(oursMs) / 1000),
    unit: 'rows/s',
    control: INSTRUMENTS / (median(plainMs) / 1000),
    ratio: median(ratios),
    spread: spreadOf(ratios),
    aim: '>= 20x',
    holds: median(ratios) >= 20,
  }
}
