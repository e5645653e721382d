// `onetape universe cadence` and `onetape universe cost`: what the tiers really came to, and what they cost.
import { readCadence, readMembers, readMissedSlots, readTiers } from '@onetape/db'
import { HOUR_US, isoFromMicros, nextSession, type Session } from '@onetape/market'
import { registry } from '@onetape/providers'
import type { Command } from 'commander'
import { HOUSE_ORDER } from '../ingest/house-order.ts'
import { type Cadence, cadenceOf } from '../universe/cadence.ts'
import { callsPerSweep, KNOWN_PLANS, type PlannedTier, planCost } from '../universe/plan-cost.ts'
import { type Console, count, json, table, UsageProblem } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'

const HOURS = 24
const HOURS_MAX = 9_600
const RUNS_SHOWN = 12

export function addCadence(universe: Command, to: Console): void {
  universe
    .command('cadence')
    .description('How often each tier was really swept, and which slots were missed and why.')
    .option('--hours <n>', 'hours of market time to look back', String(HOURS))
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action(async (options: ModeOption & { json?: boolean; hours: string }) => {
      const hours = readHours(options.hours)
      await using open = await openTape(envOf(options))
      const report = await readReport(open, hours)
      to.out(options.json ? json(report) : describe(report))
    })
  universe
    .command('cost')
    .description('Calls a day that the tiers and other plans cost, in bulk and one by one.')
    .option('--provider <name>', 'whose calls, e.g. yahoo')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action(async (options: ModeOption & { json?: boolean; provider?: string }) => {
      const provider = options.provider ?? HOUSE_ORDER.equity[0]!
      if (!registry.definitions.some((d) => d.name === provider))
        throw new UsageProblem(
          `there is no provider "${provider}"; they are ${registry.definitions.map((d) => d.name).join(', ')}`,
        )
      await using open = await openTape(envOf(options))
      const report = await readCosts(open, provider)
      to.out(options.json ? json(report) : describeCosts(report))
    })
}

function readHours(text: string): number {
  const hours = Number(text)
  if (Number.isInteger(hours) && hours >= 1 && hours <= HOURS_MAX) return hours
  throw new UsageProblem(`--hours takes a whole number from 1 to ${HOURS_MAX}, not "${text}"`)
}

type Report = Awaited<ReturnType<typeof readReport>>

export async function readReport(
  { tape, marketClock }: Pick<OpenTape, 'tape' | 'marketClock'>,
  hours: number,
) {
  const now = marketClock.now()
  const range = { from: now - (now % HOUR_US) - (hours - 1) * HOUR_US, to: now }
  const [rows, missed] = await Promise.all([readCadence(tape.db, range), readMissedSlots(tape.db, range)])
  return {
    hours,
    tiers: cadenceOf(rows),
    missed: missed.map(({ fromAt, toAt, notedAt, ...run }) => ({
      ...run,
      from: isoFromMicros(fromAt),
      to: isoFromMicros(toAt),
      noted: isoFromMicros(notedAt),
    })),
  }
}

const seconds = (ms: number | null): string => (ms === null ? '' : (ms / 1000).toFixed(1))

export const cadenceTable = (tiers: readonly Cadence[]): string =>
  table([
    [
      'tier',
      'class',
      'every s',
      'due',
      'served',
      'in part',
      'missed',
      'median s',
      'worst s',
      'late s',
      'worst s',
    ],
    ...tiers.map((c) => [
      c.tier,
      c.assetClass,
      c.frequencyS,
      c.due,
      c.served,
      c.partial,
      c.missed,
      seconds(c.intervalMedianMs),
      seconds(c.intervalMaxMs),
      seconds(c.lateMedianMs),
      seconds(c.lateMaxMs),
    ]),
  ])

function describe({ hours, tiers, missed }: Report): string {
  if (tiers.length === 0) return `No slot was served in the last ${count(hours)} hours of market time.\n`
  if (missed.length === 0) return `${cadenceTable(tiers)}\nNo slot was missed.\n`
  const runs = missed.slice(-RUNS_SHOWN).map((run) => {
    const span = [run.from, run.to].map((iso) => iso.slice(0, 19).replace('T', ' '))
    return [run.tier, run.assetClass, run.slots, run.reason, `${span[0]} to ${span[1]} UTC`]
  })
  const more = missed.length > RUNS_SHOWN ? `the last ${RUNS_SHOWN} of ${count(missed.length)} runs\n` : ''
  return `${cadenceTable(tiers)}\n${table([['missed', 'class', 'slots', 'why', more.trim()], ...runs])}`
}

interface CostRow {
  plan: string
  symbols: number
  sweeps: number
  bulkCalls: number
  singleCalls: number
}

async function readCosts({ tape, marketClock }: OpenTape, provider: string) {
  const [tiers, members] = await Promise.all([readTiers(tape.db), readMembers(tape.db)])
  const ours: PlannedTier[] = tiers
    .filter((t) => t.enabled)
    .map((t) => ({
      tier: t.name,
      frequencyS: t.frequencyS,
      symbols: members.filter((m) => m.tier === t.name).length,
    }))
  const session = nextFullSession(marketClock.now())
  const { capabilities } = registry.get(provider)
  if (callsPerSweep(capabilities, 'equity', 1) === null)
    throw new Error(`${provider} has no snapshots of equities.`)
  const plans = [{ plan: 'the tiers of this tape', tiers: ours }, ...KNOWN_PLANS]
  const costs = (from: number, to: number): CostRow[] =>
    plans.map(({ plan, tiers }) => ({
      plan,
      symbols: tiers.reduce((sum, t) => sum + t.symbols, 0),
      ...planCost(tiers, {
        hours: { from, to },
        callsOf: (symbols) => callsPerSweep(capabilities, 'equity', symbols)!,
      }),
    }))
  return {
    provider,
    date: session.date,
    regular: {
      minutes: (session.close - session.open) / 60_000_000,
      plans: costs(session.open, session.close),
    },
    extended: {
      minutes: (session.postClose - session.preOpen) / 60_000_000,
      plans: costs(session.preOpen, session.postClose),
    },
  }
}

function nextFullSession(now: number): Session {
  let session = nextSession('XNYS', now)
  while (session.earlyClose) session = nextSession('XNYS', session.open)
  return session
}

function describeCosts(r: Awaited<ReturnType<typeof readCosts>>): string {
  const rows = r.regular.plans.map((p, i) => {
    const extended = r.extended.plans[i]!
    return [p.plan, p.symbols, p.bulkCalls, p.singleCalls, extended.bulkCalls, extended.singleCalls]
  })
  return `${r.provider}, calls a day: the regular session of ${r.date} (${r.regular.minutes} minutes), then with pre- and post-market (${r.extended.minutes}).\n${table([['plan', 'symbols', 'in bulk', 'one by one', 'in bulk', 'one by one'], ...rows])}`
}
