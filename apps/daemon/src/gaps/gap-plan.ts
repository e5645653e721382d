// Whether gaps can be filled now, and in which pieces: minutes where a source reaches back so far, else it is said that their days are wanted.
import type { FoundGap, GapView, Instrument, PlannedChunk, Span } from '@onetape/db'
import type { Clock } from '@onetape/market'
import type { House } from '../ingest/ask-source.ts'
import type { Universe } from '../universe/universe.ts'
import { datesIn, dayPieces, minutePieces } from './plan-pieces.ts'
import { spanSources } from './span-sources.ts'

export type GapPlan =
  | { kind: 'pieces'; pieces: PlannedChunk[] /** What of it cannot be had. */; reason: string | null }
  /** A source that could give it fails now, or does not show it yet. */
  | { kind: 'later'; reason: string }
  | { kind: 'never'; reason: string /** To be had in its place. */; days: FoundGap | null }

/** @param gaps of one scope, oldest first. */
export function planOf(
  deps: { house: House; market: Clock; universe: Universe },
  gaps: readonly GapView[],
): GapPlan {
  const [first, last] = [gaps[0]!, gaps.at(-1)!]
  const { assetClass, timeframe } = first
  const span = { from: first.from, to: last.to }
  const sources = spanSources(deps.house, { assetClass, timeframe, span, now: deps.market.now() })
  const reason = sources.reasons.join('; ')
  if (sources.ready.length === 0 && sources.later) return { kind: 'later', reason }
  if (!sources.connected)
    return { kind: 'later', reason: reason || `no source of ${assetClass} is connected` }
  if (sources.reachesFrom === null) {
    const never = reason || `no source has ${timeframe} bars of ${assetClass}`
    return { kind: 'never', reason: never, days: daysOf(first, span) }
  }
  if (timeframe !== '1m') {
    const dates = datesIn(assetClass, span)
    return dates.length > 0
      ? { kind: 'pieces', pieces: dayPieces(dates), reason: null }
      : { kind: 'never', reason: 'no whole session lies in it', days: null }
  }
  const instruments = membersOf(deps.universe, first)
  if (instruments.length === 0)
    return { kind: 'never', reason: 'its instruments are in no tier that is swept any more', days: null }
  const from = Math.max(span.from, sources.reachesFrom)
  const short = from > span.from ? `its oldest minutes are gone everywhere: ${reason}` : null
  return { kind: 'pieces', pieces: minutePieces(instruments, { from, to: span.to }), reason: short }
}

/** Minutes that nobody has any more: their days at least, where whole sessions are missing, as a gap of its own. */
function daysOf(gap: GapView, span: Span): FoundGap | null {
  const slots = datesIn(gap.assetClass, span).length
  if (gap.timeframe !== '1m' || slots === 0) return null
  const { assetClass, why, instrumentsTo } = gap
  return { tier: null, assetClass, instrumentId: null, timeframe: '1d', ...span, why, slots, instrumentsTo }
}

function membersOf(universe: Universe, gap: GapView): readonly Instrument[] {
  const { tier, assetClass, instrumentId, instrumentsTo } = gap
  const tiers = universe.tiers().filter((t) => t.enabled)
  const everyone = (
    tier === null || instrumentId !== null ? tiers : tiers.filter((t) => t.name === tier)
  ).flatMap((t) => universe.members(t.name, assetClass))
  return instrumentId === null
    ? everyone.filter(({ id }) => instrumentsTo === null || id <= instrumentsTo)
    : everyone.filter(({ id }) => id === instrumentId)
}
