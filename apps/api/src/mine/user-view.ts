// One user's world, put together from what is stored: which sources may be asked for them, in which order.
import type { UserOrder, UserOutage, UserPin } from '@onetape/db'
import type { AssetClass, DataKind, Micros } from '@onetape/market'
import type { RoutedSource } from '@onetape/providers'
import type { OwnSource } from './own-source.ts'

export interface UserView {
  /** The user's own, and the house's where no own one has the name. */
  sources: readonly RoutedSource[]
  own: readonly OwnSource[]
  orders: readonly UserOrder[]
  pins: readonly UserPin[]
  outages: readonly UserOutage[]
  /** Wall time at which an outage ends or a sign-in runs out: the view is made anew then. */
  until: Micros | null
}

export function userView(
  { own, ...stored }: Pick<UserView, 'own' | 'orders' | 'pins' | 'outages'>,
  { house, now }: { house: readonly RoutedSource[]; now: Micros },
): UserView {
  const names = new Set(own.map(({ record }) => record.name))
  const all = [...own.map(({ routed }) => routed), ...house.filter(({ name }) => !names.has(name))]
  const outages = stored.outages.filter(({ until }) => until > now)
  const due = [
    ...outages.map(({ until }) => until),
    ...own.flatMap(({ record: { expiresAt } }) => (expiresAt !== null && expiresAt > now ? [expiresAt] : [])),
  ]
  return {
    ...stored,
    own,
    outages,
    sources: all.map((source) => withOutage(source, outages)),
    until: due.length > 0 ? Math.min(...due) : null,
  }
}

/** A source that its owner paused, or that is not there, stays what it is. */
function withOutage(source: RoutedSource, outages: readonly UserOutage[]): RoutedSource {
  const outage = outages.find((o) => o.source === source.name)
  if (!outage || source.state !== 'connected') return source
  return { ...source, state: 'paused', message: outageMessage(source.name, outage.until) }
}

const outageMessage = (name: string, until: Micros): string => {
  const time = new Date(until / 1000).toISOString().slice(11, 19)
  return `${name} is switched off for you as a simulated outage, until ${time} UTC`
}

/** That of the asset class goes before the one for all. */
export function orderIn(
  { orders }: Pick<UserView, 'orders'>,
  kind: DataKind,
  assetClass: AssetClass,
): UserOrder['order'] | null {
  const ofKind = orders.filter((o) => o.kind === kind)
  const chosen = ofKind.find((o) => o.assetClass === assetClass) ?? ofKind.find((o) => o.assetClass === 'all')
  return chosen?.order ?? null
}
