// How a source stands for one kind of data and one asset class, at a glance: what would keep it from answering comes
// first, in the order in which the router itself looks. Pure; instants are wall time.
import type {
  MatrixCell,
  MySource,
  OrderSource,
  OutageReport,
  ProbeFindings,
  SourceReport,
} from '@onetape/api/router'
import type { AssetClass, DataKind, Micros } from '@onetape/market'
import { type HealthTone, healthView } from '../source-health.ts'
import { type AccessKind, CLASS_LABELS, type ClassChoice, KIND_LABELS, matrixView } from '../source-matrix.ts'
import { formatWallClock } from '../time-format.ts'

export interface Standing {
  tone: HealthTone | 'late'
  /** One or two words. */
  word: string
  /** One line for people. */
  why: string
  /** It would be asked now, if its turn came. */
  canAnswer: boolean
}

export interface KnownSource {
  source: OrderSource
  /** The API's report of it; its matrix and its health. */
  report?: SourceReport
  mine?: MySource
  outage?: OutageReport
}

export interface Question {
  kind: DataKind
  assetClass: ClassChoice
  now: Micros | null
}

export function standingOf(known: KnownSource, question: Question): Standing {
  return (
    switchedOff(known) ??
    unconnected(known) ??
    lacking(known, question) ??
    unwell(known, question.now) ??
    answering(known, question)
  )
}

const off = (tone: Standing['tone'], word: string, why: string): Standing => ({
  tone,
  word,
  why,
  canAnswer: false,
})

function switchedOff({ source, outage }: KnownSource): Standing | null {
  if (!outage) return null
  return off(
    'bad',
    'off for you',
    `${source.name} is switched off for you alone until ${formatWallClock(outage.until)}, to see what stands in`,
  )
}

function unconnected({ source, mine }: KnownSource): Standing | null {
  const line = source.message ?? mine?.message
  if (source.state === 'paused' || mine?.state === 'paused')
    return off('idle', 'paused', line ?? 'switched off')
  if (source.state === 'expired' || mine?.state === 'expired')
    return off('bad', 'expired', line ?? 'its sign-in has expired; connect it again')
  if (mine?.state === 'unreadable')
    return off('bad', 'unreadable', line ?? 'its credentials cannot be read; enter them again')
  if (source.state === 'not_connected') return off('idle', 'not connected', line ?? 'no credentials are set')
  return null
}

/** Whether the vendor has the kind at all, whatever its plan and its health. */
export const hasKind = (known: KnownSource, kind: DataKind, assetClass: ClassChoice): boolean =>
  cellOf(known, kind, assetClass)?.state !== 'none'

/** A vendor that has it for some classes has it for all of them together. */
function lacking(known: KnownSource, { kind, assetClass }: Question): Standing | null {
  const cell = cellOf(known, kind, assetClass)
  if (!cell) return null
  const of = assetClass === 'all' ? '' : ` of ${CLASS_LABELS[assetClass].toLowerCase()}`
  const what = `${KIND_LABELS[kind].toLowerCase()}${of}`
  if (cell.state === 'none') return off('idle', 'has none', `the vendor has no ${what}`)
  if (cell.state === 'not_entitled')
    return off('warn', 'not in plan', `the vendor has ${what}, the plan of ${known.source.name} does not`)
  return null
}

function unwell({ source, report, mine }: KnownSource, now: Micros | null): Standing | null {
  const health = mine?.health ?? report?.health ?? null
  if (mine?.state === 'failing' && (!health || health.state === 'closed'))
    return { tone: 'warn', word: 'failing', why: mine.message ?? 'its last calls failed', canAnswer: true }
  if (!health || (health.state === 'closed' && health.failures === 0)) return null
  const view = healthView({ state: 'connected', health }, now)
  const last = health.lastErrorMessage ? `: ${health.lastErrorMessage}` : ''
  return {
    tone: view.tone === 'good' ? 'warn' : view.tone,
    word: health.state === 'open' ? 'left alone' : health.state === 'half_open' ? 'on trial' : 'failing',
    why: `${source.name}: ${[view.word.toLowerCase(), view.detail].filter(Boolean).join(', ')}${last}`,
    canAnswer: health.state !== 'open' || (now !== null && health.retryAt !== null && now >= health.retryAt),
  }
}

function answering(known: KnownSource, { kind, assetClass }: Question): Standing {
  const cell = cellOf(known, kind, assetClass)
  if (!cell) return { tone: 'good', word: 'connected', why: 'connected', canAnswer: true }
  const feed = cell.feed ? `, feed ${cell.feed}` : ''
  if (cell.state === 'delayed') {
    const why = `runs ${cell.delayedMinutes} minutes behind the venue${feed}`
    return { tone: 'late', word: `${cell.delayedMinutes} min late`, why, canAnswer: true }
  }
  return { tone: 'good', word: 'live', why: `live${feed}`, canAnswer: true }
}

function cellOf({ report, mine }: KnownSource, kind: DataKind, choice: ClassChoice): MatrixCell | null {
  const matrix = report?.matrix ?? (mine?.findings ? matrixOfFindings(mine.findings) : null)
  if (!matrix || Object.keys(matrix).length === 0) return null
  return matrixView({ matrix, timeframes: {}, label: '' }, choice, kind)
}

/** What a probe found, as the matrix says it. */
export function matrixOfFindings(findings: ProbeFindings): SourceReport['matrix'] {
  const matrix: Partial<Record<AssetClass, Record<AccessKind, MatrixCell>>> = {}
  for (const found of findings.classes) {
    const quotes: MatrixCell = {
      state: found.quotes,
      delayedMinutes: found.delayedMinutes,
      feed: found.feed,
      historyDays: null,
    }
    const has = (isThere: boolean, historyDays: number | null = null): MatrixCell => ({
      state: !isThere ? 'none' : found.delayedMinutes ? 'delayed' : 'live',
      delayedMinutes: isThere ? found.delayedMinutes : null,
      feed: isThere ? found.feed : null,
      historyDays,
    })
    matrix[found.assetClass] = {
      quotes,
      charts: has(found.charts, found.historyDays),
      fundamentals: has(found.fundamentals),
      options: has(found.options),
      stream: has(found.stream),
    }
  }
  return matrix
}
