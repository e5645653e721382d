// Minutes that the minute keeper let go become gaps: of the tiers whose minutes are kept, or of single instruments.
import { type Db, type FoundGap, recordGaps, type Span } from '@onetape/db'
import { type Clock, MINUTE_US } from '@onetape/market'
import type { LostMinutes } from '../history/keep-minutes.ts'
import type { Universe } from '../universe/universe.ts'
import { expectedSpans } from './expected-slots.ts'
import { RESTART_MAX_US } from './find-gaps.ts'

const MINUTE_CADENCE_S = 60

export async function noteLost(
  { db, market, universe }: { db: Db; market: Clock; universe: Universe },
  lost: LostMinutes,
): Promise<void> {
  const { assetClass, instruments, why } = lost
  const spans = expectedSpans(assetClass, lost)
  const gap = (span: Span, scope: Pick<FoundGap, 'tier' | 'instrumentId'>): FoundGap => ({
    ...scope,
    ...span,
    assetClass,
    timeframe: '1m',
    why: why === 'daemon_down' && span.to - span.from <= RESTART_MAX_US ? 'restart' : why,
    slots: Math.ceil((span.to - span.from) / MINUTE_US),
    instrumentsTo: null,
  })
  const tiers = universe
    .tiers()
    .filter((t) => t.enabled && t.frequencyS <= MINUTE_CADENCE_S)
    .filter((t) => universe.members(t.name, assetClass).length > 0)
  const found = spans.flatMap((span) =>
    instruments === null
      ? tiers.map(({ name }) => gap(span, { tier: name, instrumentId: null }))
      : instruments.map(({ id }) => gap(span, { tier: null, instrumentId: id })),
  )
  if (found.length > 0) await recordGaps(db, { found, foundAt: market.now() })
}
