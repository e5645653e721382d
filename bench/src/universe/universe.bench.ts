// `pnpm bench universe`: does the whole universe hold its cadence with one bulk call a sweep, what does finding out what
// is due cost, how soon does another daemon take over, and what do plans cost beside one call for each symbol?
import type { ChildProcess } from 'node:child_process'
import { callsPerSweep, KNOWN_PLANS, planCost } from '@onetape/daemon/src/universe/plan-cost.ts'
import {
  type Db,
  readHeartbeats,
  readMissedSlots,
  readServedSlots,
  readSlotBoard,
  type SlotServed,
} from '@onetape/db'
import { type Micros, nextSession, SECOND_US } from '@onetape/market'
import { registry } from '@onetape/providers'
import {
  type BenchCase,
  type BenchOptions,
  type BenchReport,
  machine,
  median,
  quantile,
  spreadOf,
} from '../report.ts'
import { openStage, rssOf, type Stage } from './stage.ts'

const MINUTES = 4
const STRESS_S = 60
const KILLS = 3
const TIER = 'full_universe'
const bare = { control: null, ratio: null, spread: null }

export async function run({ minutes = MINUTES }: BenchOptions): Promise<BenchReport> {
  const cases: BenchCase[] = planCases()
  await using stage = await openStage()
  const daemon = await stage.startDaemon()
  await stage.everybodyEvery(60)
  cases.push(...(await heldAt(stage, { frequencyS: 60, forS: Math.max(minutes, 3) * 60 + 5, daemon })))
  await stage.everybodyEvery(5)
  cases.push(...(await heldAt(stage, { frequencyS: 5, forS: STRESS_S, daemon })))
  cases.push(await dueCost(stage.db))
  const takeovers: number[] = []
  for (let n = 0; n < KILLS; n++) {
    await stage.startDaemon()
    takeovers.push(await takeover(stage))
  }
  cases.push({
    ...bare,
    case: `kill -9 of who sweeps, ${KILLS} times, worst: until another has served 8,000 symbols`,
    value: Math.max(...takeovers),
    unit: 's',
    spread: spreadOf(takeovers),
    aim: '<= 60 s, one slot of a minute',
    holds: Math.max(...takeovers) <= 60,
  })
  return { name: 'universe', machine: machine(), cases }
}

/** Lets it run, then counts what came of the slots that began meanwhile. */
async function heldAt(
  stage: Stage,
  o: { frequencyS: number; forS: number; daemon: ChildProcess },
): Promise<BenchCase[]> {
  const { db } = stage
  const about = { tier: TIER, assetClass: 'equity' as const }
  const lengthUs = o.frequencyS * SECOND_US
  const isRunning = async (since: Micros) =>
    (await readServedSlots(db, { ...about, from: since, to: since + 100 * lengthUs })).length > 1
  const since = stage.marketNow()
  await stage.until(() => isRunning(since), 300_000)
  const from = Math.ceil(stage.marketNow() / lengthUs) * lengthUs
  await stage.until(async () => stage.marketNow() >= from)
  const askedBefore = stage.asked()
  const to = from + Math.floor(o.forS / o.frequencyS) * lengthUs
  let rssMax = 0
  await stage.until(async () => {
    rssMax = Math.max(rssMax, rssOf(o.daemon.pid!))
    return stage.marketNow() >= to
  }, o.forS * 2_000)
  const asked = stage.asked() - askedBefore
  // The last slot's sweep may still be running.
  const lastSlot = async () => {
    const slots = await readServedSlots(db, { ...about, from, to })
    return slots.some((s) => s.slotAt === to - lengthUs) || stage.marketNow() > to + 2 * lengthUs
  }
  await stage.until(lastSlot)
  const slots = await readServedSlots(db, { ...about, from, to })
  const missed = (await readMissedSlots(db, { from, to })).filter((m) => m.assetClass === 'equity')
  return casesOf(slots, { ...o, due: (to - from) / lengthUs, asked, rssMax, missed: missed.length })
}

function casesOf(
  slots: readonly SlotServed[],
  o: { frequencyS: number; due: number; asked: number; rssMax: number; missed: number },
): BenchCase[] {
  const name = `8,000 symbols every ${o.frequencyS} s`
  const intervals = slots.slice(1).map((s, i) => (s.sweptAt - slots[i]!.sweptAt) / SECOND_US)
  const late = slots.map((s) => (s.servedAt - s.slotAt) / SECOND_US)
  const symbols = Math.min(...slots.map((s) => s.accepted))
  const share = slots.length / o.due
  return [
    {
      ...bare,
      case: `${name}: slots served`,
      value: slots.length,
      unit: 'slots',
      control: o.due,
      ratio: share,
      aim: '1 of those due',
      holds: share === 1,
    },
    {
      ...bare,
      case: `${name}: symbols in the leanest sweep`,
      value: symbols,
      unit: '',
      aim: '>= 8,000',
      holds: symbols >= 8_000,
    },
    {
      ...bare,
      case: `${name}: between two sweeps, median`,
      value: median(intervals),
      unit: 's',
      control: o.frequencyS,
      ratio: median(intervals) / o.frequencyS,
      spread: spreadOf(intervals),
      aim: '<= 1.02',
      holds: median(intervals) <= o.frequencyS * 1.02,
    },
    {
      ...bare,
      case: `${name}: between two sweeps, worst`,
      value: Math.max(...intervals),
      unit: 's',
      control: o.frequencyS,
      ratio: Math.max(...intervals) / o.frequencyS,
      aim: '< 2, stale is twice the cadence',
      holds: Math.max(...intervals) < 2 * o.frequencyS,
    },
    {
      ...bare,
      case: `${name}: slot to tape, p95`,
      value: quantile(late, 0.95),
      unit: 's',
      spread: spreadOf(late),
      aim: 'within its slot',
      holds: quantile(late, 0.95) < o.frequencyS,
    },
    {
      ...bare,
      case: `${name}: bulk calls a sweep`,
      value: o.asked / o.due,
      unit: 'calls',
      control: symbols,
      ratio: o.asked / o.due / symbols,
      aim: '1',
      holds: o.asked <= o.due,
    },
    {
      ...bare,
      case: `${name}: the daemon's memory, highest`,
      value: o.rssMax,
      unit: 'MB',
      aim: '< 300',
      holds: o.rssMax < 300,
    },
  ]
}

const DUE_SYMBOLS = `select m.tier, i.id, i.symbol
from (
  select distinct on (m.instrument_id) m.instrument_id, m.tier, t.frequency_s, t.priority
  from universe_members m join universe_tiers t on t.name = m.tier
  where t.enabled order by m.instrument_id, t.frequency_s, t.priority, t.name
) m join instruments i on i.id = m.instrument_id
where not exists (
  select from sweep_slots s where s.tier = m.tier and s.asset_class = i.asset_class and s.served_at is not null
    and s.slot_at > $1::timestamptz + make_interval(secs => m.frequency_s))`

/** The daemon's one query a second, beside one that names the symbols that are due; both find them all due. */
async function dueCost(db: Db): Promise<BenchCase> {
  const [boards, symbols]: [number[], number[]] = [[], []]
  const future = '2100-01-01'
  for (let n = 0; n < 9; n++) {
    boards.push(await timed(20, () => readSlotBoard(db)))
    symbols.push(await timed(3, () => db.pool.query(DUE_SYMBOLS, [future])))
  }
  const ratios = boards.map((ms, i) => ms / symbols[i]!)
  return {
    case: 'what is due of 8,000 symbols: the board of slots, beside a query that names them',
    value: median(boards),
    unit: 'ms',
    control: median(symbols),
    ratio: median(ratios),
    spread: spreadOf(ratios),
    aim: '<= 1',
    holds: median(ratios) <= 1,
  }
}

async function timed(times: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  for (let n = 0; n < times; n++) await work()
  return (performance.now() - started) / times
}

/** Seconds from the kill of whoever sweeps shares until another has served a slot. */
async function takeover(stage: Stage): Promise<number> {
  const { db } = stage
  const newest = async () =>
    (await readSlotBoard(db)).slots.find((s) => s.tier === TIER && s.assetClass === 'equity')!
  await stage.until(async () => (await readSlotBoard(db)).crew.length === 2)
  // Until the share-out has settled, either may have the lane.
  const settledAt = stage.marketNow() + 15 * SECOND_US
  await stage.until(async () => (await newest()).slotAt > settledAt)
  const { claimedBy } = await newest()
  const { pid } = (await readHeartbeats(db)).find((beat) => beat.instanceId === claimedBy)!
  process.kill(pid, 'SIGKILL')
  const killedAt = stage.marketNow()
  await stage.until(async () => {
    const slot = await newest()
    return slot.claimedBy !== claimedBy && slot.served && (slot.sweptAt ?? 0) > killedAt
  })
  return (stage.marketNow() - killedAt) / SECOND_US
}

/** Calls a day in a regular session, in bulk beside one for each symbol. */
function planCases(): BenchCase[] {
  let session = nextSession('XNYS', Date.now() * 1000)
  while (session.earlyClose) session = nextSession('XNYS', session.open)
  const hours = { from: session.open, to: session.close }
  return ['polygon', 'yahoo'].flatMap((provider) => {
    const { capabilities } = registry.get(provider)
    return KNOWN_PLANS.map(({ plan, tiers }): BenchCase => {
      const callsOf = (symbols: number) => callsPerSweep(capabilities, 'equity', symbols)!
      const { bulkCalls, singleCalls } = planCost(tiers, { hours, callsOf })
      return {
        case: `${plan}, ${provider}: calls a day`,
        value: bulkCalls,
        unit: 'calls',
        control: singleCalls,
        ratio: bulkCalls / singleCalls,
        spread: null,
        aim: 'far below one call a symbol',
        holds: bulkCalls <= singleCalls / 50,
      }
    })
  })
}
