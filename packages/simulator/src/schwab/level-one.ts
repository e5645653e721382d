// LEVELONE_EQUITIES by field number. The first row of a symbol is whole; after it come only the fields that changed.
// Sizes are shares here, where REST counts lots.

import { yearRange } from '../market/fundamentals.ts'
import type { Market } from '../market/market.ts'
import type { StreamTick } from '../pump.ts'
import { type Asset, exchangeOf, priced, subTypeOf } from './assets.ts'
import { factsOf } from './facts.ts'
import { changeOf, cusipOf, ms } from './quote-row.ts'

type Value = number | string | boolean
export type Fields = Map<number, Value>

const LOT = 100

/** All fields of an asset as of a tick; null before it traded in regular hours. */
export function levelOneFields(market: Market, asset: Asset, tick: StreamTick): Fields | null {
  const facts = factsOf(market, asset.listing, tick.ts)
  if (!facts) return null
  const p = (price: number) => priced(asset, price)
  const last = p(tick.price)
  const change = changeOf(last, p(facts.previousClose))
  const regular = changeOf(p(facts.regular.price), p(facts.previousClose))
  const { letter, name } = exchangeOf(asset)
  const { high52, low52 } = yearRange(market, asset.listing, tick.ts)
  const shares: [number, Value][] = [
    [1, p(tick.bid)],
    [2, p(tick.ask)],
    [4, tick.bidSize * LOT],
    [5, tick.askSize * LOT],
    [6, 'P'],
    [7, 'P'],
    [8, tick.volume],
    [9, tick.size],
    [16, 'D'],
    [34, ms(tick.ts)],
  ]
  return new Map<number, Value>([
    ...(asset.kind === 'EQUITY' ? shares : []),
    [0, asset.symbol],
    [3, last],
    [10, p(facts.day.high)],
    [11, p(facts.day.low)],
    [12, p(facts.previousClose)],
    [13, letter],
    [14, true],
    [15, asset.description],
    [17, p(facts.day.open)],
    [18, change.net],
    [19, p(high52)],
    [20, p(low52)],
    [25, name],
    [29, p(facts.regular.price)],
    [30, facts.regular.size],
    [31, regular.net],
    [32, 'Normal'],
    [33, last],
    [35, ms(tick.ts)],
    [36, ms(facts.regular.ts)],
    [42, change.percent],
    [43, regular.percent],
  ])
}

/** The row of an asset that the client hears of for the first time. */
export const wholeRow = (
  asset: Asset,
  fields: Fields,
  o: { wanted: ReadonlySet<number>; delayed: boolean },
) => ({
  key: asset.symbol,
  delayed: o.delayed,
  assetMainType: asset.kind,
  ...(asset.kind === 'EQUITY' ? { assetSubType: subTypeOf(asset), cusip: cusipOf(asset) } : {}),
  ...numbered(fields, o.wanted),
})

/** What of the wanted fields changed since `before`; null when nothing did. */
export function deltaRow(
  asset: Asset,
  { before, after, wanted }: { before: Fields; after: Fields; wanted: ReadonlySet<number> },
): Record<string, Value> | null {
  const changed = new Map([...after].filter(([field, value]) => before.get(field) !== value))
  const fields = numbered(changed, wanted)
  return Object.keys(fields).length > 0 ? { key: asset.symbol, ...fields } : null
}

/** Field 0 is the key, which stands beside the numbers. */
const numbered = (fields: Fields, wanted: ReadonlySet<number>): Record<string, Value> =>
  Object.fromEntries([...fields].filter(([field]) => field !== 0 && wanted.has(field)))
