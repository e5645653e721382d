// `pnpm bench budget`: does a quota hold when several processes share it, and how much of it is really used?
import { createBudgetBook, declareBudgets } from '@onetape/db'
import { testDatabase } from '@onetape/db/testing'
import { type BenchCase, type BenchReport, machine, median, spreadOf } from '../report.ts'
import { simulateWeek, type WeekOptions } from './week.ts'

const DAY_MS = 86_400_000

const STRETCHES: readonly (WeekOptions & { name: string })[] = [
  {
    name: 'a week, 3 processes, 5 calls a minute',
    rule: { calls: 5, windowMs: 60_000 },
    processes: 3,
    spanMs: 7 * DAY_MS,
    jitterMs: 250,
    pauseMs: 5_000,
    burst: 3,
    killEveryMs: DAY_MS / 4,
  },
  {
    name: 'two hours, 3 processes, 200 calls a minute',
    rule: { calls: 200, windowMs: 60_000 },
    processes: 3,
    spanMs: DAY_MS / 12,
    jitterMs: 250,
    pauseMs: 400,
    burst: 20,
    killEveryMs: DAY_MS / 48,
  },
]

export async function run(): Promise<BenchReport> {
  const cases: BenchCase[] = []
  for (const { name, ...stretch } of STRETCHES) cases.push(...(await stretchCases(name, stretch)))
  cases.push(await takeCost())
  return { name: 'budget', machine: machine(), cases }
}

async function stretchCases(name: string, stretch: WeekOptions): Promise<BenchCase[]> {
  const week = await simulateWeek({ ...stretch, onProgress: progress(name) })
  const bare = { unit: '', control: null, ratio: null, spread: null }
  return [
    { ...bare, case: `${name}: breaches`, value: week.breaches, aim: '0', holds: week.breaches === 0 },
    {
      ...bare,
      case: `${name}: calls`,
      value: week.calls,
      control: week.allowed,
      ratio: week.usable,
      aim: '> 0.95 of allowed',
      holds: week.usable > 0.95,
    },
    {
      ...bare,
      case: `${name}: processes killed meanwhile`,
      value: week.kills,
      aim: '> 0',
      holds: week.kills > 0,
    },
  ]
}

function progress(name: string): (share: number) => void {
  let shown = -1
  return (share) => {
    const percent = Math.floor(share * 100)
    if (percent === shown || !process.stderr.isTTY) return
    shown = percent
    process.stderr.write(`\r${name}: ${percent} %${percent === 99 ? '\n' : ''}`)
  }
}

/** What one grant costs, beside the smallest question that the same connection can be asked. */
async function takeCost(): Promise<BenchCase> {
  const tape = await testDatabase()
  try {
    const wall = { now: () => Date.now() * 1000 }
    await declareBudgets(tape.db, 'key', [
      { scope: 'rest', kind: 'window', calls: 1_000_000, windowMs: 60_000 },
    ])
    const budget = createBudgetBook(tape.db, wall).forCredential('key')
    const [takes, controls]: [number[], number[]] = [[], []]
    for (let round = 0; round < 9; round++) {
      controls.push(await timed(() => tape.db.pool.query('select 1')))
      takes.push(await timed(() => budget.take({ scope: 'rest', weight: 1, priority: 'live' })))
    }
    const ratios = takes.map((t, i) => t / controls[i]!)
    return {
      case: 'a grant beside `select 1`',
      value: median(takes),
      unit: 'ms',
      control: median(controls),
      ratio: median(ratios),
      spread: spreadOf(ratios),
      aim: '< 5 ms (5 % of a 100 ms call)',
      holds: median(takes) < 5,
    }
  } finally {
    await tape.drop()
  }
}

const ROUND = 300

/** Milliseconds a question. */
async function timed(ask: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < ROUND; i++) await ask()
  return (performance.now() - started) / ROUND
}
