// `onetape verify`: roll-ups against a recomputation from the stored ticks and minutes, latest against the newest tick.
import { verifyLatest, verifyRollups } from '@onetape/db'
import { addDays, DAY_US, isoFromMicros } from '@onetape/market'
import type { Command } from 'commander'
import { type Console, json, UsageProblem } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'

interface VerifyOptions extends ModeOption {
  from?: string
  to?: string
  json?: boolean
}

const DAYS_BACK = 7
const DIFFERENCES_MAX = 100

export function addVerify(program: Command, to: Console, done: (code: number) => void): void {
  program
    .command('verify')
    .description('Recompute roll-ups from the stored ticks and minutes, and say what differs.')
    .option('--from <date>', `first day, YYYY-MM-DD; ${DAYS_BACK} days ago unless told`)
    .option('--to <date>', 'last day; today unless told')
    .option('--live', 'the live database')
    .option('--json', 'report as JSON on stdout')
    .action(async (options: VerifyOptions) => {
      const asked = { from: dateOf('--from', options.from), to: dateOf('--to', options.to) }
      await using open = await openTape(envOf(options))
      const range = rangeOf(asked, open)
      if (range.from > range.to)
        throw new UsageProblem(`--from ${range.from} is later than --to ${range.to}.`)
      const [rollups, latest] = await Promise.all([
        verifyRollups(open.tape.db, { ...range, linesMax: DIFFERENCES_MAX }),
        verifyLatest(open.tape.db, { linesMax: DIFFERENCES_MAX }),
      ])
      const report = { ...range, rollups, latest }
      to.out(options.json ? json(report) : describe(report))
      if (rollups.length + latest.length > 0) done(1)
    })
}

function dateOf(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text)
  if (!isDate) throw new UsageProblem(`${option} is a day, YYYY-MM-DD, not "${text}".`)
  return text
}

/** Forex's session of tomorrow begins today. */
function rangeOf(asked: { from?: string | undefined; to?: string | undefined }, { marketClock }: OpenTape) {
  const today = isoFromMicros(marketClock.now()).slice(0, 10)
  const to = asked.to ?? isoFromMicros(marketClock.now() + DAY_US).slice(0, 10)
  return { from: asked.from ?? addDays(asked.to ?? today, -DAYS_BACK), to }
}

function describe({
  from,
  to,
  rollups,
  latest,
}: {
  from: string
  to: string
  rollups: string[]
  latest: string[]
}) {
  const part = (what: string, lines: string[]) => {
    if (lines.length === 0) return `${what}: as recomputed.\n`
    const more = lines.length >= DIFFERENCES_MAX ? 'at least ' : ''
    return `${what}: ${more}${lines.length} differ.\n${lines.map((line) => `  ${line}\n`).join('')}`
  }
  return `${part(`Roll-ups from ${from} to ${to}`, rollups)}${part('Latest prices', latest)}`
}
