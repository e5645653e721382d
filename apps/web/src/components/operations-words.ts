// What the Operations page says about cadence, gaps and lag, and how urgent that is. Pure.
import type {
  ClassCadence,
  GapOperations,
  LedgerOperations,
  MissedRun,
  OperationsReport,
} from '@onetape/api/router'
import { HOUR_US, type Micros } from '@onetape/market'
import { formatCount } from './number-format.ts'
import { formatDay, formatMinute, formatSpan, NEW_YORK } from './time-format.ts'

export type Tone = 'plain' | 'warn' | 'alarm'

/** A slot or two go by when a daemon is started anew; more is a tier that does not hold. */
const SERVED_WARN = 0.99
const SERVED_ALARM = 0.9
/** How much longer than wanted the cadence may be. */
const CADENCE_WARN = 1.1
const CADENCE_ALARM = 2
const BEHIND_WARN = 1
const BEHIND_ALARM = 20

const GAP_WHYS: Record<GapOperations['why'], string> = {
  daemon_down: 'no daemon ran',
  restart: 'a daemon was started anew',
  vendor_failing: 'no source answered',
  budget: 'the budget was spent',
  mute: 'the vendor left it out',
  clock_jump: 'the clock jumped',
}
const MISSED_WHYS: Record<MissedRun['reason'], string> = {
  down: 'no daemon looked',
  vendor: 'no source answered',
  budget: 'the budget was spent on what is more urgent',
  busy: 'the sweep before took too long',
  tape: 'the database could not be asked',
}

export const gapWhy = (why: GapOperations['why']): string => GAP_WHYS[why]
export const missedWhy = (reason: MissedRun['reason']): string => MISSED_WHYS[reason]

const toneAt = (value: number, warn: number, alarm: number): Tone =>
  value > alarm ? 'alarm' : value > warn ? 'warn' : 'plain'

/** Share of the slots that were served; null where none was due. */
export const servedShare = ({ due, served }: Pick<ClassCadence, 'due' | 'served'>): number | null =>
  due === 0 ? null : served / due

export const servedTone = (share: number | null): Tone =>
  share === null ? 'plain' : toneAt(1 - share, 1 - SERVED_WARN, 1 - SERVED_ALARM)

export interface CadenceReading {
  /** Of a scale on which the wanted cadence stands in the middle. */
  share: number
  tone: Tone
  text: string
}

export function cadenceReading(frequencyS: number, cadence: ClassCadence): CadenceReading | null {
  const { intervalMedianMs, intervalMaxMs } = cadence
  if (intervalMedianMs === null) return null
  const ratio = intervalMedianMs / (frequencyS * 1_000)
  const longest = intervalMaxMs === null ? '' : `, ${formatSpan(intervalMaxMs * 1_000)} at the longest`
  return {
    share: Math.min(1, ratio / 2),
    tone: toneAt(ratio, CADENCE_WARN, CADENCE_ALARM),
    text: `swept every ${formatSeconds(intervalMedianMs)} in the median${longest}; wanted every ${formatSpan(frequencyS * 1e6)}`,
  }
}

/** Beginnings of the last 24 hours, oldest first, the one that runs included. */
export const lastHours = (now: Micros): Micros[] =>
  Array.from({ length: 24 }, (_, i) => now - (now % HOUR_US) - (23 - i) * HOUR_US)

/** `59.9s` below two minutes, whole units above. */
export const formatSeconds = (ms: number): string =>
  ms < 120_000 ? `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)}s` : formatSpan(ms * 1_000)

export const followerTone = (follower: LedgerOperations['followers'][number]): Tone =>
  follower.skipped > 0 ? 'alarm' : toneAt(follower.behind, BEHIND_WARN, BEHIND_ALARM)

export const followerText = ({ behind, skipped }: LedgerOperations['followers'][number]): string => {
  const lag = behind === 0 ? 'level' : `${formatCount(behind)} ${behind === 1 ? 'batch' : 'batches'} behind`
  return skipped === 0 ? lag : `${lag}, ${formatCount(skipped)} passed by`
}

/** What of a gap is done, and what is said of the rest. */
export function gapProgress(gap: GapOperations): { share: number; text: string; left: string } {
  const over = gap.piecesDone + gap.piecesFailed
  const share = gap.piecesTotal === 0 ? 0 : over / gap.piecesTotal
  const failed = gap.piecesFailed === 0 ? '' : `, ${formatCount(gap.piecesFailed)} failed`
  const text =
    gap.piecesTotal === 0
      ? 'not planned yet'
      : `${formatCount(gap.piecesDone)} of ${formatCount(gap.piecesTotal)} pieces${failed}`
  const left =
    gap.state === 'open'
      ? 'waits its turn'
      : gap.etaSeconds === null
        ? 'just begun'
        : `about ${formatSpan(gap.etaSeconds * 1e6)} left`
  return { share, text, left }
}

/** `Fri 20 Nov 10:00 to 11:30 (1h 30m)`, New York time; the second day only where it is another. */
export function spanText(from: number, to: number): string {
  const day = formatDay(from, NEW_YORK)
  const lastDay = formatDay(to, NEW_YORK)
  const end = `${lastDay === day ? '' : `${lastDay} `}${formatMinute(to, NEW_YORK)}`
  return `${day} ${formatMinute(from, NEW_YORK)} to ${end} (${formatSpan(to - from)})`
}

export interface Vitals {
  daemons: { alive: number; gone: number }
  gaps: { open: number; filling: number; unfillable: number }
  served: number | null
  /** The follower that is furthest behind. */
  behind: number
  skipped: number
}

export function vitalsOf({ daemons, gaps, tiers, ledger }: OperationsReport): Vitals {
  const classes = tiers.flatMap((tier) => tier.classes)
  const sum = (of: (cadence: ClassCadence) => number) => classes.reduce((total, c) => total + of(c), 0)
  const alive = daemons.filter((daemon) => daemon.alive).length
  return {
    daemons: { alive, gone: daemons.length - alive },
    gaps: gaps.counts,
    served: servedShare({ due: sum((c) => c.due), served: sum((c) => c.served) }),
    behind: Math.max(0, ...ledger.followers.map((f) => f.behind)),
    skipped: ledger.followers.reduce((total, f) => total + f.skipped, 0),
  }
}
