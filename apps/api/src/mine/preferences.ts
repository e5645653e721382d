// A user's orders, pins and simulated outages: what they may name, and how they are read and written.
import { asUser, endOutage, type UserOrder, writeOrder, writeOutage, writePin } from '@onetape/db'
import { ASSET_CLASSES, type AssetClass, DATA_KINDS, type DataKind, MINUTE_US } from '@onetape/market'
import { houseOrder, type RoutedSource } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import type { Mine, OrderChoice } from './mine.ts'
import type { MineParts } from './parts.ts'
import type { OrderRow, OrderSource, OrdersReport, OutageReport, PinReport } from './reports.ts'
import { SOURCES_MAX, unknownSource } from './store-source.ts'

export const OUTAGE_MINUTES_MAX = 24 * 60
/** Pins of one user; a browser that sends more is no person. */
const PINS_MAX = 2_000

export async function ordersReport(parts: MineParts, userId: string): Promise<OrdersReport> {
  const { sources, orders } = await parts.views.of(userId)
  const rows = DATA_KINDS.flatMap((kind) =>
    (['all', ...ASSET_CLASSES] as const).map((assetClass) =>
      rowOf({ kind, assetClass }, { sources, orders }),
    ),
  )
  return { rows, sources: sources.map((source) => orderSource(parts, source)) }
}

function rowOf(
  { kind, assetClass }: { kind: DataKind; assetClass: AssetClass | 'all' },
  { sources, orders }: { sources: readonly RoutedSource[]; orders: readonly UserOrder[] },
): OrderRow {
  const own = orders.find((o) => o.kind === kind && o.assetClass === assetClass)
  return {
    ...{ kind, assetClass },
    order: own ? [own.order.primary, ...own.order.fallbacks] : null,
    version: own?.version ?? 0,
    house: houseNames(sources, { kind, assetClass }),
  }
}

/** As the router ranks where nothing was set: a user's own source before the house's of the same vendor. */
function houseNames(
  sources: readonly RoutedSource[],
  { kind, assetClass }: { kind: DataKind; assetClass: AssetClass | 'all' },
): string[] {
  const ofClass = kind === 'options' ? 'option' : assetClass === 'all' ? 'equity' : assetClass
  const ranking = houseOrder[ofClass]
  const place = ({ providerName }: RoutedSource) => {
    const at = ranking.indexOf(providerName)
    return at < 0 ? ranking.length : at
  }
  const owned = ({ owner }: RoutedSource) => (owner === 'user' ? 0 : 1)
  return sources.toSorted((a, b) => place(a) - place(b) || owned(a) - owned(b)).map(({ name }) => name)
}

const orderSource = ({ vendors }: MineParts, source: RoutedSource): OrderSource => ({
  name: source.name,
  label: source.label ?? vendors.find(source.providerName)?.definition.label ?? source.name,
  provider: source.providerName,
  owner: source.owner,
  state: source.state,
  message: source.message,
})

export async function setOrder(
  parts: MineParts,
  userId: string,
  { kind, assetClass, order, version }: Parameters<Mine['setOrder']>[1],
): Promise<{ version: number }> {
  const chosen = order === null ? null : await checkedOrder(parts, userId, order)
  const at = parts.wallClock.now()
  const written = await asUser(parts.db, userId, (tx) =>
    writeOrder(tx, { ...{ kind, assetClass, version, at }, order: chosen }),
  )
  parts.views.drop(userId)
  return written
}

async function checkedOrder(
  parts: MineParts,
  userId: string,
  order: OrderChoice['order'],
): Promise<{ primary: string; fallbacks: string[] }> {
  const [primary, ...fallbacks] = order
  if (primary === undefined)
    throw new ApiProblem(
      'invalid_request',
      'order: name one source at least, or take the default of the house',
    )
  if (new Set(order).size < order.length)
    throw new ApiProblem('invalid_request', 'order: names a source twice')
  await Promise.all(order.map((name) => knownSource(parts, userId, name)))
  return { primary, fallbacks }
}

async function knownSource(parts: MineParts, userId: string, name: string): Promise<RoutedSource> {
  const { sources } = await parts.views.of(userId)
  const source = sources.find((s) => s.name === name)
  if (!source) throw unknownSource(name)
  return source
}

export async function pinsReport(parts: MineParts, userId: string): Promise<PinReport[]> {
  const { pins } = await parts.views.of(userId)
  return await Promise.all(
    pins.map(async (pin) => {
      const instrument = await parts.book.byKey(pin.key)
      return { ...pin, symbol: instrument?.symbol ?? pin.key }
    }),
  )
}

export async function setPin(
  parts: MineParts,
  userId: string,
  { key, kind, source, version }: Parameters<Mine['setPin']>[1],
): Promise<{ version: number }> {
  if (source !== null) {
    await knownSource(parts, userId, source)
    if (!(await parts.book.byKey(key)))
      throw new ApiProblem('not_found', `The tape has no instrument ${JSON.stringify(key)}.`)
    const { pins } = await parts.views.of(userId)
    if (pins.length >= PINS_MAX && !pins.some((pin) => pin.key === key && pin.kind === kind))
      throw new ApiProblem('too_many', `You have ${PINS_MAX} pins, which is the most. Remove some first.`)
  }
  const at = parts.wallClock.now()
  const written = await asUser(parts.db, userId, (tx) => writePin(tx, { key, kind, source, version, at }))
  parts.views.drop(userId)
  return written
}

export async function simulateOutage(
  parts: MineParts,
  userId: string,
  { source, minutes }: { source: string; minutes: number },
): Promise<OutageReport> {
  await knownSource(parts, userId, source)
  const until = parts.wallClock.now() + minutes * MINUTE_US
  await asUser(parts.db, userId, (tx) => writeOutage(tx, { source, until }))
  parts.views.drop(userId)
  return { source, until }
}

export async function endSimulatedOutage(parts: MineParts, userId: string, source: string): Promise<void> {
  await asUser(parts.db, userId, (tx) => endOutage(tx, source))
  parts.views.drop(userId)
}

/** Orders name each source once; nobody has more than all of them. */
export const ORDER_MAX = SOURCES_MAX + 16
