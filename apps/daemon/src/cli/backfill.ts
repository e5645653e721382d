// `onetape backfill`: history from the vendors into the tape.
import { rollUpBatches } from '@onetape/db'
import { INTRADAY_TIMEFRAMES, type Timeframe } from '@onetape/market'
import { registry } from '@onetape/providers'
import type { Command } from 'commander'
import { BackfillProblem } from '../backfill/pick-instruments.ts'
import { type BackfillSummary, runBackfill } from '../backfill/run-backfill.ts'
import { wallClock } from '../clock/wall-clock.ts'
import { createHouse } from '../house.ts'
import { type Console, count, json, Stopped, UsageProblem } from './console.ts'
import { envOf, type ModeOption, openTape } from './open-tape.ts'
import { openProgress } from './progress.ts'
import { withVendorUrls } from './running.ts'

interface BackfillOptions extends ModeOption {
  days?: string
  symbols?: string
  timeframes?: string
  today?: boolean
  json?: boolean
}

const DAYS_MAX = 20_000
const TIMEFRAMES: readonly Timeframe[] = [...INTRADAY_TIMEFRAMES, '1d']
const FAILURES_SHOWN = 10
const ROLL_UP_BATCHES = 200

export function addBackfill(program: Command, to: Console, done: (code: number) => void): void {
  program
    .command('backfill')
    .description('Fetch history from the vendors; the same command goes on where it was stopped.')
    .argument('[days]', 'the same as --days')
    .argument('[symbols]', 'the same as --symbols')
    .option('--days <n>', 'how many days back')
    .option('--symbols <list>', 'e.g. AAPL,MSFT,BTC-USD (default: the core tier and all coins)')
    .option('--timeframes <list>', `of ${TIMEFRAMES.join(', ')} (default: 1d, and 1m for the last 5 days)`)
    .option('--today', 'the running session as well')
    .option('--live', 'real vendors and the live database (default: demo, or ONETAPE_MODE)')
    .option('--json', 'report as JSON on stdout')
    .action(async (days: string | undefined, symbols: string | undefined, options: BackfillOptions) => {
      const request = {
        days: readDays(days, options.days),
        symbols: readList(symbols, options.symbols, '--symbols')?.map(houseSpelling) ?? null,
        timeframes: readTimeframes(options.timeframes),
        today: options.today === true,
      }
      done(await backfill(request, options, to))
    })
}

type Request = Pick<Parameters<typeof runBackfill>[1], 'days' | 'symbols' | 'timeframes' | 'today'>

async function backfill(request: Request, options: BackfillOptions, to: Console): Promise<number> {
  const asked = envOf(options)
  const env = await withVendorUrls(asked)
  if (!env) {
    throw new BackfillProblem(
      'The simulated vendors are not running: start them with "npm start", then try again (or add --live for real ones).',
    )
  }
  await using open = await openTape(env)
  const { tape, marketClock } = open
  const house = await createHouse({
    env,
    db: tape.db,
    definitions: registry.definitions,
    wall: wallClock,
    market: marketClock,
    fetch,
    onChange: () => {},
  })
  const progress = openProgress(to, 'chunks')
  const summary = await runBackfill(
    {
      db: tape.db,
      sources: house.sources,
      wallClock,
      marketClock,
      optionsOf: (source, signal) => house.calls.options({ source, priority: 'backfill', signal }),
    },
    {
      ...request,
      signal: to.signal,
      onPlan: (plan) =>
        to.err(
          plan.resumed
            ? `Going on with run ${plan.runId}: ${count(plan.chunks)} chunks in all.\n`
            : `Run ${plan.runId}: ${count(plan.chunks)} chunks, about ${count(plan.calls)} calls and ${count(plan.rows)} rows.\n`,
        ),
      onProgress: (p) => progress.update(p.done + p.failed, p.total, p.label),
    },
  ).finally(async () => {
    progress.stop()
    await house.calls[Symbol.asyncDispose]()
    await house.health.flush()
  })
  while (!to.signal.aborted && (await rollUpBatches(tape.db, { limit: ROLL_UP_BATCHES })).batches > 0);
  to.out(options.json ? json({ mode: tape.mode, ...request, ...summary }) : describe(summary))
  if (summary.stopped) throw new Stopped('Stopped. The same command goes on from here.')
  return summary.chunks.failed > 0 ? 1 : 0
}

function describe({ chunks, rows, failures, seconds }: BackfillSummary): string {
  const head =
    `${count(chunks.done)} of ${count(chunks.total)} chunks done, ${count(chunks.failed)} failed (${count(chunks.byThisRun)} now, ${seconds} s). ` +
    `Rows: ${count(rows.inserted)} inserted, ${count(rows.updated)} updated, ${count(rows.duplicate)} known already, ${count(rows.rejected)} rejected.\n`
  const shown = failures
    .slice(0, FAILURES_SHOWN)
    .map((f) => `  ${f.symbol} ${f.timeframe} from ${f.from.slice(0, 10)}: ${f.reason}\n`)
  const more = failures.length > FAILURES_SHOWN ? `  and ${failures.length - FAILURES_SHOWN} more\n` : ''
  return head + shown.join('') + more
}

/** npm keeps `--days` to itself and hands over its bare value. */
function readDays(bare: string | undefined, option: string | undefined): number {
  const text = option ?? bare
  if (text === undefined) throw new UsageProblem('say how many days, e.g. onetape backfill --days 5')
  if (bare !== undefined && option !== undefined && bare !== option) {
    throw new UsageProblem(`"${bare}" and --days ${option}: say the days once`)
  }
  const days = Number(text)
  if (!/^\d+$/.test(text) || days < 1 || days > DAYS_MAX) {
    throw new UsageProblem(`--days takes a whole number from 1 to ${DAYS_MAX}, not "${text}"`)
  }
  return days
}

function readList(bare: string | undefined, option: string | undefined, name: string): string[] | null {
  const text = option ?? bare
  if (text === undefined) return null
  const items = text
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '')
  if (items.length === 0) throw new UsageProblem(`${name} takes a list like AAPL,MSFT`)
  return [...new Set(items)]
}

/** Instrument keys are left as they are. */
const houseSpelling = (text: string): string => (text.includes(':') ? text : text.toUpperCase())

function readTimeframes(option: string | undefined): Timeframe[] | null {
  const list = readList(undefined, option, '--timeframes') as Timeframe[] | null
  const wrong = list?.find((t) => !TIMEFRAMES.includes(t))
  if (wrong)
    throw new UsageProblem(
      `--timeframes takes ${TIMEFRAMES.join(', ')}, not "${wrong}"; weeks and months are derived from days`,
    )
  return list
}
