// `onetape gaps`: what the tape misses, why, and how far filling it has come.
import { setTimeout as pause } from 'node:timers/promises'
import { countGaps, type GapState, type GapView, readGaps } from '@onetape/db'
import { isoFromMicros, type Micros } from '@onetape/market'
import type { Command } from 'commander'
import { type Console, count, json, table, UsageProblem } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'

interface GapsOptions extends ModeOption {
  json?: boolean
  watch?: boolean
  all?: boolean
  limit?: string
}

const WANTED: readonly GapState[] = ['open', 'filling']
const SHOWN = 20
const SHOWN_MAX = 10_000
const WATCH_MS = 1_000
const BAR_WIDTH = 20

export function addGaps(program: Command, to: Console): void {
  program
    .command('gaps')
    .description('What the tape misses, why, and how far filling it has come.')
    .option('--all', 'gaps that are over as well: filled, not to be had, jumped over')
    .option('--limit <n>', `how many are shown (default: ${SHOWN})`)
    .option('--watch', 'go on showing them until Ctrl-C')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout; with --watch one line whenever something changes')
    .action(async (options: GapsOptions) => {
      const limit = readLimit(options.limit)
      await using open = await openTape(envOf(options))
      if (options.watch) return await watch(open, { ...options, limit }, to)
      const report = await readReport(open, { ...options, limit })
      to.out(options.json ? json(report) : describe(report))
    })
}

interface Asked {
  all?: boolean
  json?: boolean
  limit: number
}

type Report = Awaited<ReturnType<typeof readReport>>

async function readReport({ tape }: OpenTape, { all, limit }: Asked) {
  const [counts, gaps] = await Promise.all([
    countGaps(tape.db),
    readGaps(tape.db, { ...(all ? {} : { states: WANTED }), limit }),
  ])
  return { mode: tape.mode, counts, gaps: gaps.map(viewOf) }
}

const viewOf = (gap: GapView) => ({
  ...gap,
  from: isoFromMicros(gap.from),
  to: isoFromMicros(gap.to),
  foundAt: isoFromMicros(gap.foundAt),
  notBefore: isoOrNull(gap.notBefore),
  startedAt: isoOrNull(gap.startedAt),
  endedAt: isoOrNull(gap.endedAt),
})

const isoOrNull = (at: Micros | null): string | null => (at === null ? null : isoFromMicros(at))

async function watch(open: OpenTape, asked: Asked, to: Console): Promise<void> {
  let shown = ''
  while (!to.signal.aborted) {
    const report = await readReport(open, asked)
    const text = asked.json ? `${JSON.stringify(report)}\n` : describe(report)
    if (text !== shown) {
      // On a terminal the picture moves in place; in a log each state is told after the other.
      const up = to.terminal && !asked.json && shown ? `\x1b[${shown.split('\n').length - 1}A\x1b[J` : ''
      to.out(up + text)
      shown = text
    }
    await pause(WATCH_MS, undefined, { signal: to.signal }).catch(() => {})
  }
}

function describe({ counts, gaps }: Report): string {
  const wanted = counts.open + counts.filling
  const over = `${count(counts.filled)} filled, ${count(counts.unfillable)} not to be had, ${count(counts.no_data)} jumped over`
  const head = wanted === 0 ? `Nothing is missing: ${over}.\n` : `${count(wanted)} gaps are open: ${over}.\n`
  if (gaps.length === 0) return head
  const rows = gaps.map((gap) => [
    gap.symbol ?? [gap.tier, gap.assetClass].filter(Boolean).join(' '),
    gap.timeframe,
    `${minuteOf(gap.from)} to ${minuteOf(gap.to)}`,
    gap.why.replaceAll('_', ' '),
    gap.state.replaceAll('_', ' '),
    progressOf(gap),
    gap.reason ?? (gap.state === 'open' || gap.state === 'filling' ? (gap.lastError ?? '') : ''),
  ])
  return `${head}\n${table([['whose', 'bars', 'market time, UTC', 'why', 'state', 'progress', ''], ...rows])}`
}

const minuteOf = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

type Shown = Report['gaps'][number]

function progressOf({
  piecesTotal,
  piecesDone,
  piecesFailed,
  rowsWritten,
  etaSeconds,
  state,
}: Shown): string {
  if (piecesTotal === 0) return ''
  const over = Math.min(1, (piecesDone + piecesFailed) / piecesTotal)
  const full = Math.floor(over * BAR_WIDTH)
  const bar = state === 'filling' ? `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ` : ''
  const left = etaSeconds === null ? '' : `, ${timeOf(etaSeconds)} left`
  return `${bar}${count(piecesDone)}/${count(piecesTotal)}, ${count(rowsWritten)} rows${left}`
}

function timeOf(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

function readLimit(option: string | undefined): number {
  if (option === undefined) return SHOWN
  const n = Number(option)
  if (/^\d+$/.test(option) && n >= 1 && n <= SHOWN_MAX) return n
  throw new UsageProblem(`--limit takes a whole number from 1 to ${SHOWN_MAX}, not "${option}"`)
}
