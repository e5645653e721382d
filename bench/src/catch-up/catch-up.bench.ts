/**
 * A daemon killed for an hour of market time, at the size of the core list and with 8,000 symbols every minute: how long
 * until it knows what it missed and has it again, what that costs in calls, and whether live sweeps are late meanwhile.
 */
import { type Db, type GapView, readGaps } from '@onetape/db'
import { HOUR_US, isoFromMicros, type Micros, SECOND_US } from '@onetape/market'
import { type BenchCase, type BenchReport, machine, median, quantile, spreadOf } from '../report.ts'
import { detection } from './detection.ts'
import { openStage, type Stage } from './stage.ts'

interface Size {
  name: string
  tier: string
  frequencyS: number
  symbolsMin: number
  /** How long sweeps are watched without repair, before and after it. */
  watchMs: number
}

const CORE: Size = { name: 'core list', tier: 'core', frequencyS: 5, symbolsMin: 100, watchMs: 45_000 }
const WHOLE: Size = {
  name: '8,000 symbols',
  tier: 'full_universe',
  frequencyS: 60,
  symbolsMin: 8_000,
  watchMs: 190_000,
}
const FOUND_WITHIN_S = 60
/** What the large size takes; whoever gives less time gets the core list alone. */
const WHOLE_MINUTES = 20
const PATIENCE_MS = 1_800_000

export async function run({ minutes }: { minutes?: number } = {}): Promise<BenchReport> {
  const cases: BenchCase[] = await detection()
  for (const size of minutes !== undefined && minutes < WHOLE_MINUTES ? [CORE] : [CORE, WHOLE]) {
    await using stage = await openStage()
    cases.push(...(await outage(stage, size)))
  }
  return { name: 'catch-up', machine: machine(), cases }
}

async function outage(stage: Stage, size: Size): Promise<BenchCase[]> {
  const { db } = stage
  const say = (what: string) => console.error(`catch-up, ${size.name}: ${what}`)
  const before = await undisturbed(stage, size)
  say(`sweeps of ${before.length} slots watched; an hour passes`)
  await stage.killDaemon()
  await stage.pass(HOUR_US)
  const from = stage.marketNow()
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  await stage.startDaemon()
  await stage.until('gaps', async () => (await outages(db)).length >= 3, 300_000)
  const foundS = seconds()
  // Killed in the middle of it, too.
  await stage.until('some pieces', async () => (await outages(db)).some((g) => g.piecesDone > 0), 300_000)
  await stage.killDaemon()
  await stage.startDaemon()
  await stage.until('the gaps to be filled', () => isFilled(db), PATIENCE_MS)
  const filledS = seconds()
  say(`known after ${foundS.toFixed(1)} s, filled after ${filledS.toFixed(1)} s`)
  const during = await lateness(db, { ...size, from: from + 30 * SECOND_US, to: stage.marketNow() })
  const resumed = stage.marketNow()
  await pause(size.watchMs)
  const after = await lateness(db, { ...size, from: resumed, to: stage.marketNow() })
  const gaps = await outages(db)
  const calls = sum(gaps, (g) => g.calls)
  const rows = sum(gaps, (g) => g.rowsWritten)
  const calm = [...before, ...after]
  const at = (what: string) => `${size.name}: ${what}`
  const figure = (o: Partial<BenchCase> & Pick<BenchCase, 'case' | 'value' | 'unit' | 'aim' | 'holds'>) => ({
    control: null,
    ratio: null,
    spread: null,
    ...o,
  })
  return [
    figure({
      case: at('outage of an hour known after start'),
      value: foundS,
      unit: 's',
      aim: `<= ${FOUND_WITHIN_S} s`,
      holds: foundS <= FOUND_WITHIN_S,
    }),
    figure({
      case: at('and filled after start'),
      value: filledS,
      unit: 's',
      aim: 'by the budget',
      holds: true,
    }),
    figure({ case: at('calls'), value: calls, unit: 'calls', aim: 'by the budget', holds: calls > 0 }),
    figure({ case: at('minutes written'), value: rows, unit: 'rows', aim: 'all', holds: rows > 0 }),
    figure({
      case: at(`sweeps served after their slot, during repair (${during.length})`),
      value: median(during),
      unit: 'ms',
      control: median(calm),
      ratio: median(during) / median(calm),
      spread: spreadOf(during),
      aim: 'none a slot late',
      holds: quantile(during, 1) < size.frequencyS * 1000,
    }),
    figure({
      case: at('the latest of them'),
      value: quantile(during, 1),
      unit: 'ms',
      control: quantile(calm, 1),
      ratio: quantile(during, 1) / quantile(calm, 1),
      aim: 'within its slot',
      holds: quantile(during, 1) < size.frequencyS * 1000,
    }),
  ]
}

/** A daemon that has nothing to catch up with: its sweeps' lateness. */
async function undisturbed(stage: Stage, size: Size): Promise<number[]> {
  const { db } = stage
  await stage.startDaemon()
  await stage.until('the universe', async () => (await members(db, size.tier)) >= size.symbolsMin, 300_000)
  await stage.until('history', () => stage.historyFilled(), 600_000)
  await stage.onlyTier(size.tier, size.frequencyS)
  await pause(size.frequencyS * 2_000)
  const from = stage.marketNow()
  await pause(size.watchMs)
  return lateness(db, { ...size, from, to: stage.marketNow() })
}

/** Milliseconds from the beginning of each slot of shares until its rows were on the tape. */
async function lateness(db: Db, o: { tier: string; from: Micros; to: Micros }): Promise<number[]> {
  const { rows } = await db.pool.query<{ ms: number }>(
    `select (extract(epoch from served_at - slot_at) * 1000)::float8 as ms from sweep_slots
     where tier = $1 and asset_class = 'equity' and slot_at >= $2 and slot_at < $3 and served_at is not null`,
    [o.tier, isoFromMicros(o.from), isoFromMicros(o.to)],
  )
  return rows.map((row) => row.ms)
}

const outages = async (db: Db): Promise<GapView[]> =>
  (await readGaps(db)).filter((g) => g.why === 'daemon_down' && g.timeframe === '1m')

const isFilled = async (db: Db): Promise<boolean> =>
  (await outages(db)).every((g) => g.state !== 'open' && g.state !== 'filling')

async function members(db: Db, tier: string): Promise<number> {
  const { rows } = await db.pool.query('select count(*) as n from universe_members where tier = $1', [tier])
  return rows[0].n
}

const sum = (gaps: readonly GapView[], of: (gap: GapView) => number): number =>
  gaps.reduce((total, gap) => total + of(gap), 0)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
