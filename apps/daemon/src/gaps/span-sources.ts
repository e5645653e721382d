/**
 * Which of the house's sources can give a span of history, in house order; the others are passed over with the reason.
 * How far back a source reaches is the vendor's depth and its plan's; how far forward, its plan's delay.
 */
import type { Span } from '@onetape/db'
import { type AssetClass, DAY_US, MINUTE_US, type Micros, SECOND_US, type Timeframe } from '@onetape/market'
import { healthScopeOf, tierOf } from '@onetape/providers'
import { accessOf, type House, type Source } from '../ingest/ask-source.ts'
import type { AttemptTrail } from '../ingest/attempt-trail.ts'
import { HOUSE_ORDER } from '../ingest/house-order.ts'

export interface SpanSource {
  source: Source
  /** First instant that it can give; the span may begin before. */
  reachesFrom: Micros
}

export interface SpanSources {
  /** Those that may be asked now. */
  ready: SpanSource[]
  /** Whether one could be asked later: it fails now, or does not show the end of the span yet. */
  later: boolean
  /** First instant that any of them, now or later, can give; null when none can. */
  reachesFrom: Micros | null
  /** Whether any source of the class has charts at all: what none of them has now may come with another source. */
  connected: boolean
  /** Why the others were passed over. */
  reasons: string[]
}

/** Vendors close a minute a few seconds after it is over, and correct it a little later. */
const SETTLE_US = 10 * SECOND_US

export function spanSources(
  house: House,
  o: { assetClass: AssetClass; timeframe: Timeframe; span: Span; now: Micros; trail?: AttemptTrail },
): SpanSources {
  const found: SpanSources = { ready: [], later: false, reachesFrom: null, connected: false, reasons: [] }
  for (const name of namesFor(house, o)) {
    const source = house.sources.get(name)
    if (!source) continue
    found.connected ||= accessOf(source, o.assetClass, 'charts') !== null && hasCharts(source, o.assetClass)
    const view = viewOf(source, o)
    if (typeof view === 'string') {
      found.reasons.push(view)
      continue
    }
    found.reachesFrom = Math.min(found.reachesFrom ?? Number.POSITIVE_INFINITY, view.reachesFrom)
    const look = house.health.ready(name, healthScopeOf('charts', o.assetClass))
    if (look.ready && view.seesTo >= o.span.to) {
      found.ready.push({ source, reachesFrom: view.reachesFrom })
      continue
    }
    found.later = true
    const message = look.ready ? `${name} does not show the end of it yet` : `${name} ${look.message}`
    found.reasons.push(message)
    if (!look.ready) o.trail?.skip(name, { reason: 'breaker_open', message, retryAt: look.retryAt })
  }
  return found
}

const hasCharts = ({ provider }: Source, assetClass: AssetClass): boolean =>
  (provider.getCapabilities().byAssetClass[assetClass]?.bars.length ?? 0) > 0

/** Every vendor works an index out by itself: its series stands on one source, and that one is waited for. */
function namesFor(
  house: House,
  { assetClass, timeframe }: { assetClass: AssetClass; timeframe: Timeframe },
): readonly string[] {
  const names = HOUSE_ORDER[assetClass]
  if (assetClass !== 'index') return names
  const has = (name: string) => {
    const source = house.sources.get(name)
    const { bars } = source?.provider.getCapabilities().byAssetClass.index ?? {}
    return source !== undefined && bars?.includes(timeframe) && accessOf(source, 'index', 'charts') !== null
  }
  return names.filter(has).slice(0, 1)
}

function viewOf(
  source: Source,
  o: { assetClass: AssetClass; timeframe: Timeframe; span: Span; now: Micros },
): { reachesFrom: Micros; seesTo: Micros } | string {
  const { name, provider } = source
  const { assetClass, timeframe, now } = o
  const capabilities = provider.getCapabilities()
  const capability = capabilities.byAssetClass[assetClass]
  if (!capability?.bars.includes(timeframe)) return `${name} has no ${timeframe} bars of ${assetClass}`
  const access = accessOf(source, assetClass, 'charts')
  if (!access)
    return `the ${tierOf(capabilities, source.tier).label} plan of ${name} has no bars of ${assetClass}`
  const plan = tierOf(capabilities, source.tier).access[assetClass]?.charts
  const days = Math.min(
    capability.barsDays?.[timeframe] ?? Number.POSITIVE_INFINITY,
    plan?.historyDays ?? Number.POSITIVE_INFINITY,
  )
  // The first minute of the oldest day is gone before an answer is here.
  const reachesFrom = Number.isFinite(days) ? now - days * DAY_US + 10 * MINUTE_US : 0
  if (o.span.to <= reachesFrom) return `${name} reaches back ${days} days only`
  return { reachesFrom, seesTo: now - access.delayedMinutes * MINUTE_US - SETTLE_US }
}
