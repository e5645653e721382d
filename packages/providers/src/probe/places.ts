// Where a new source belongs: real time before delayed, the whole market before one venue, deeper history first for
// charts, one's own before the house's of the same vendor. What a person ordered stays in their order. Pure.
import { ASSET_CLASSES, type AssetClass, DATA_KINDS, type DataKind } from '@onetape/market'
import { houseOrder } from '../house-order.ts'
import type { RoutedSource } from '../router/ports.ts'
import type { ProbeFindings, Proposal } from './findings.ts'
import { mergedOrder } from './merged-order.ts'
import { beats, type Standing, standingOfFindings, standingOfSource } from './standing.ts'

/** A row of the user's preferences. */
export interface PlacedOrder {
  kind: DataKind
  assetClass: AssetClass | 'all'
  order: { primary: string; fallbacks: readonly string[] }
}

export interface PlacesOptions {
  findings: ProbeFindings
  /** What the new source will be called: `alpaca:2`. */
  name: string
  /** Its vendor; what stands before the colon of its name when absent. */
  provider?: string
  /** Everybody that this user may ask. */
  sources: readonly RoutedSource[]
  orders: readonly PlacedOrder[]
}

/** One for all asset classes where one order serves them all, else one for each that the source has. */
export function proposePlaces(o: PlacesOptions): Proposal[] {
  return DATA_KINDS.flatMap((kind) => proposalsFor(kind, o))
}

function proposalsFor(kind: DataKind, o: PlacesOptions): Proposal[] {
  const placed = ASSET_CLASSES.flatMap((assetClass) => placeIn(kind, assetClass, o) ?? [])
  const [first] = placed
  if (!first) return []
  const own = o.orders.filter((row) => row.kind === kind)
  const whole = own.find((row) => row.assetClass === 'all')
  const byClass = placed.filter(({ assetClass }) => own.some((row) => row.assetClass === assetClass))
  if (whole) {
    const rest = placed.find((each) => !byClass.includes(each))
    return [...(rest ? [{ ...rest, assetClass: 'all' as const }] : []), ...byClass]
  }
  if (own.length > 0) return placed
  // Nothing is ordered yet: one order for all, if it asks nobody in another order than the house's would.
  const orders = ASSET_CLASSES.map(
    (assetClass) =>
      placed.find((each) => each.assetClass === assetClass)?.order ?? currentOrder(kind, assetClass, o),
  )
  const merged = mergedOrder(orders)
  if (!merged || new Set(placed.map(({ because }) => because)).size > 1) return placed
  return [{ ...first, assetClass: 'all', order: merged }]
}

/** Null where the new source has nothing of it. */
function placeIn(kind: DataKind, assetClass: AssetClass, o: PlacesOptions): Proposal | null {
  const { name, sources, findings } = o
  const provider = o.provider ?? name.split(':')[0]!
  const place = { kind, assetClass }
  const mine = standingOfFindings(findings, { ...place, name, provider })
  if (!mine) return null
  const others = currentOrder(kind, assetClass, o).map((each) => {
    const source = sources.find((s) => s.name === each)
    return (source && standingOfSource(source, place)) ?? { name: each, absent: true as const }
  })
  const compared = others.map((other) => ('absent' in other ? null : beats(mine, other, place)))
  const at = compared.findIndex((verdict) => verdict?.wins === true)
  const order = others.map((other) => other.name)
  order.splice(at < 0 ? order.length : at, 0, name)
  return { ...place, order, because: becauseOf(name, { others, compared, at }) }
}

type Other = Standing | { name: string; absent: true }
type Verdict = ReturnType<typeof beats> | null

function becauseOf(
  name: string,
  { others, compared, at }: { others: readonly Other[]; compared: readonly Verdict[]; at: number },
): string {
  if (others.length === 0) return `${name} is the only source that has it`
  if (at >= 0) return `${name} comes before ${others[at]!.name}: ${compared[at]!.because}`
  const last = compared.findLastIndex((verdict) => verdict !== null)
  if (last < 0) return `${name} comes last: it is new, and the others were put in their order by you`
  return `${name} comes after ${others[last]!.name}: ${compared[last]!.because}`
}

/** The user's own order of it, else everybody who has it as the house would ask them; never the new source itself. */
function currentOrder(
  kind: DataKind,
  assetClass: AssetClass,
  { sources, orders, name }: PlacesOptions,
): string[] {
  const rows = orders.filter((row) => row.kind === kind)
  const row = rows.find((r) => r.assetClass === assetClass) ?? rows.find((r) => r.assetClass === 'all')
  if (row) {
    return [...new Set([row.order.primary, ...row.order.fallbacks])].filter((each) => each !== name)
  }
  const ranking = houseOrder[kind === 'options' ? 'option' : assetClass]
  const rank = ({ providerName, owner }: RoutedSource): number => {
    const at = ranking.indexOf(providerName)
    return (at < 0 ? ranking.length : at) * 2 + (owner === 'user' ? 0 : 1)
  }
  return sources
    .filter((source) => source.name !== name && standingOfSource(source, { kind, assetClass }) !== null)
    .sort((a, b) => rank(a) - rank(b))
    .map((source) => source.name)
}
