// The sources that may be asked for a kind of data now, in house order. Lazy, so that the trail of attempts tells of
// those that were passed over in their place, and of no more than were come to.
import type { AssetClass, DataKind } from '@onetape/market'
import { type Capability, healthScopeOf, tierOf } from '@onetape/providers'
import { accessOf, type House, type Source } from './ask-source.ts'
import type { AttemptTrail } from './attempt-trail.ts'
import { HOUSE_ORDER } from './house-order.ts'

export interface AbleSource {
  source: Source
  capability: Capability
}

export interface AbleRequest {
  assetClass: AssetClass
  kind: DataKind
  /** Whether the vendor has it at all. */
  has(capability: Capability, source: Source): boolean
  /** A plan that runs further behind is passed over. */
  delayMaxMinutes?: number
  trail?: AttemptTrail
}

export function* ableSources(house: House, o: AbleRequest): Generator<AbleSource> {
  const { assetClass, kind, trail } = o
  for (const name of HOUSE_ORDER[assetClass]) {
    const source = house.sources.get(name)
    const capability = source?.provider.getCapabilities().byAssetClass[assetClass]
    if (!source || !capability || !o.has(capability, source)) continue
    const refusal = planRefusal(source, o)
    if (refusal !== null) {
      trail?.skip(name, { reason: 'not_entitled', message: refusal, retryAt: null })
      continue
    }
    const look = house.health.ready(name, healthScopeOf(kind, assetClass))
    if (look.ready) yield { source, capability }
    else
      trail?.skip(name, { reason: 'breaker_open', message: `${name} ${look.message}`, retryAt: look.retryAt })
  }
}

function planRefusal(source: Source, { assetClass, kind, delayMaxMinutes }: AbleRequest): string | null {
  const access = accessOf(source, assetClass, kind)
  const plan = () =>
    `the ${tierOf(source.provider.getCapabilities(), source.tier).label} plan of ${source.name}`
  if (!access) return `${plan()} does not include ${kind} of ${assetClass}`
  if (access.delayedMinutes <= (delayMaxMinutes ?? Number.POSITIVE_INFINITY)) return null
  return `${plan()} shows ${kind} of ${assetClass} ${access.delayedMinutes} minutes late`
}
