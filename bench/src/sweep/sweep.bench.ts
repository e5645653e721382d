// `pnpm bench sweep`: from the last byte of the vendor's body to a subscriber's hands, 8,000 symbols at a time.
// After each sweep, in a process like the daemon's, the least that anybody would have to do: parse and copy the same.
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { nodeFlags } from '../../../scripts/launcher/node-flags.ts'
import { type BenchCase, type BenchReport, machine, median, quantile, spreadOf } from '../report.ts'
import { BenchChild, memoryOf } from './bench-child.ts'
import { openStage, type SweepStage } from './sweep-stage.ts'

const SYMBOLS = 8_000
const SWEEPS = 48
const WARM_UP = 8
const RATIO_MAX = 3
const RSS_MAX_MB = 300
const ARRIVES_WITHIN_MS = 10_000

export interface SweepRun {
  /** Last byte of the body in the daemon; NOTIFY heard; last row with the subscriber. Milliseconds after the first. */
  notifyMs: number
  arrivalMs: number
  parseMs: number
  copyMs: number
}

export async function run(
  o: { symbols?: number; sweeps?: number; warmUp?: number } = {},
): Promise<BenchReport> {
  const { symbols = SYMBOLS, sweeps = SWEEPS, warmUp = WARM_UP } = o
  const { BENCH_PROFILE_DIR: dir } = process.env
  const profiler = () => (dir ? ['--cpu-prof', `--cpu-prof-dir=${dir}`] : [])
  await using stage = await openStage({ symbols, nodeFlags: profiler })
  await using plain = await startPlain(stage)
  const runs: SweepRun[] = []
  for (let i = 0; i < warmUp + sweeps; i++) {
    const one = await sweepOnce({ ...stage, plain }, symbols)
    if (process.env.BENCH_VERBOSE) console.error(i, JSON.stringify(one))
    if (i >= warmUp) runs.push(one)
  }
  return { name: 'sweep', machine: machine(), cases: casesOf(runs, { symbols, stage }) }
}

const startPlain = ({ url, vendor }: SweepStage): Promise<BenchChild> =>
  BenchChild.start(resolve(import.meta.dirname, 'plain-sweep.ts'), {
    env: { DATABASE_URL: url, BENCH_VENDOR_URL: String(vendor.ready.url) },
    execArgv: nodeFlags('daemon'),
  })

async function sweepOnce(
  { pool, daemon, subscriber, plain }: SweepStage & { plain: BenchChild },
  symbols: number,
): Promise<SweepRun> {
  const last = await pool.query('select coalesce(max(id), 0)::int as id from tape_batches')
  await subscriber.ask({ type: 'events' })
  const swept = await daemon.ask<{ bodyAtMs: number }>({ type: 'sweep' })
  const { rows: batches } = await pool.query(
    'select id::int, write_id::int from tape_batches where id > $1 order by id',
    [last.rows[0].id],
  )
  const arrived = await arrival(subscriber, { after: last.rows[0].id, symbols })
  await quiet(pool)
  const writeIds = batches.map((batch) => batch.write_id)
  const { parseMs, copyMs } = await plain.ask<{ parseMs: number; copyMs: number }>({
    type: 'plain',
    writeIds,
  })
  const { bodyAtMs } = swept
  return { notifyMs: arrived.notifiedMs - bodyAtMs, arrivalMs: arrived.atMs - bodyAtMs, parseMs, copyMs }
}

interface Told {
  events: { atMs: number; cursor: number; rows: number }[]
  notified: { atMs: number; id: number }[]
}

/** When the last of the rows came that the sweep changed. @throws when they do not come. */
async function arrival(
  subscriber: SweepStage['subscriber'],
  o: { after: number; symbols: number },
): Promise<{ atMs: number; notifiedMs: number }> {
  let rows = 0
  let notifiedMs = Number.NaN
  for (let waitedMs = 0; waitedMs < ARRIVES_WITHIN_MS; waitedMs += 50) {
    const { events, notified } = await subscriber.ask<Told>({ type: 'events' })
    for (const { atMs } of notified) if (Number.isNaN(notifiedMs)) notifiedMs = atMs
    for (const event of events) {
      if (event.cursor <= o.after) continue
      rows += event.rows
      if (rows >= o.symbols) return { atMs: event.atMs, notifiedMs }
    }
    await delay(50)
  }
  throw new Error(`only ${rows} of ${o.symbols} rows of a sweep reached the subscriber`)
}

/** Waits until nobody works on the sweep any more: the control has the machine to itself, as the sweep had. */
async function quiet(pool: SweepStage['pool']): Promise<void> {
  for (let still = 0; still < 3; ) {
    await delay(60)
    const { rows } = await pool.query(
      `select count(*)::int as busy from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    )
    still = rows[0].busy === 0 ? still + 1 : 0
  }
}

function casesOf(runs: readonly SweepRun[], o: { symbols: number; stage: SweepStage }): BenchCase[] {
  const control = runs.map((r) => r.parseMs + r.copyMs)
  const ratios = runs.map((r, i) => r.arrivalMs / control[i]!)
  const p95 = quantile(ratios, 0.95)
  const bare = { control: null, ratio: null }
  const part = (name: string, values: number[]): BenchCase => ({
    ...bare,
    case: name,
    value: median(values),
    unit: 'ms',
    spread: spreadOf(values),
    aim: '',
    holds: true,
  })
  const memory = (name: 'daemon' | 'api'): BenchCase => {
    const { peakMb } = memoryOf(o.stage[name].pid)
    const aim = `< ${RSS_MAX_MB} MB`
    return {
      ...bare,
      case: `peak RSS of the ${name}`,
      value: peakMb,
      unit: 'MB',
      spread: null,
      aim,
      holds: !(peakMb >= RSS_MAX_MB),
    }
  }
  return [
    {
      case: `${o.symbols} symbols, last byte to subscriber (ratio: p95 of ${runs.length})`,
      value: median(runs.map((r) => r.arrivalMs)),
      unit: 'ms',
      control: median(control),
      ratio: p95,
      spread: spreadOf(ratios),
      aim: `<= ${RATIO_MAX} at p95`,
      holds: p95 <= RATIO_MAX,
    },
    part(
      'last byte to NOTIFY',
      runs.map((r) => r.notifyMs),
    ),
    part(
      'NOTIFY to subscriber',
      runs.map((r) => r.arrivalMs - r.notifyMs),
    ),
    part(
      'control: JSON.parse',
      runs.map((r) => r.parseMs),
    ),
    part(
      'control: COPY',
      runs.map((r) => r.copyMs),
    ),
    memory('daemon'),
    memory('api'),
  ]
}
