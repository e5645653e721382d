// The topics of each cluster and the events on them. Times are milliseconds here, nanoseconds in REST.

import { MINUTE_US, SECOND_US } from '@onetape/market'
import { LOT_SHARES } from '../market/bid-ask.ts'
import { begunSession } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import type { StreamTick } from '../pump.ts'
import { rounded } from './round.ts'
import { roundOf } from './snapshot-row.ts'
import { listingOf, pairOf } from './tickers.ts'

export type TopicKind = 'trade' | 'quote' | 'second' | 'minute'

export interface Topic {
  kind: TopicKind
  /** Null for a ticker that does not exist: a topic on which nothing happens. */
  listing: Listing | 'all' | null
}

export interface Cluster {
  name: 'stocks' | 'crypto' | 'forex'
  /** Topic prefixes. */
  prefixes: Record<string, TopicKind>
  listings(market: Market): readonly Listing[]
  find(market: Market, text: string): Listing | null
  /** How an aggregate names its listing. */
  named(listing: Listing): object
  /** Currencies are not traded. */
  trade: ((tick: StreamTick) => object) | null
  quote(tick: StreamTick): object
  second(tick: StreamTick, market: Market): object
}

/** Null for what is no topic here. */
export function topicOf(market: Market, cluster: Cluster, param: string): Topic | null {
  const [prefix, ...rest] = param.split('.')
  const kind = cluster.prefixes[prefix ?? '']
  const name = rest.join('.')
  if (!kind || name === '') return null
  return { kind, listing: name === '*' ? 'all' : cluster.find(market, name) }
}

const ms = (us: number): number => Math.floor(us / 1000)

export const CLUSTERS: Record<'stocks' | 'crypto' | 'forex', Cluster> = {
  stocks: {
    name: 'stocks',
    prefixes: { T: 'trade', Q: 'quote', A: 'second', AM: 'minute' },
    listings: (market) => market.universe.equities,
    find: (market, text) => {
      const listing = listingOf(market, text)
      return listing?.kind === 'equity' ? listing : null
    },
    named: (listing) => ({ sym: listing.symbol }),
    trade: ({ listing, id, price, size, ts }) => ({
      ev: 'T',
      sym: listing.symbol,
      x: 4,
      i: String(id),
      z: 3,
      p: price,
      s: size,
      c: size < 100 ? [37] : [],
      t: ms(ts),
      q: id,
    }),
    quote: ({ listing, bid, bidSize, ask, askSize, ts, id }) => ({
      ev: 'Q',
      sym: listing.symbol,
      bx: 11,
      bp: bid,
      bs: bidSize * LOT_SHARES,
      ax: 4,
      ap: ask,
      as: askSize * LOT_SHARES,
      c: 0,
      t: ms(ts),
      q: id,
      z: 3,
    }),
    second: (tick, market) => ({
      ev: 'A',
      sym: tick.listing.symbol,
      ...dayOf(market, tick),
      ...secondOf(tick),
    }),
  },
  crypto: {
    name: 'crypto',
    prefixes: { XT: 'trade', XQ: 'quote', XAS: 'second', XA: 'minute' },
    listings: (market) => market.universe.crypto,
    find: (market, text) => pairOf(market, text, 'crypto') ?? pairListing(market, text, 'crypto'),
    named: (listing) => ({ pair: listing.symbol }),
    trade: ({ listing, price, size, ts, id }) => ({
      ev: 'XT',
      pair: listing.symbol,
      p: price,
      t: ms(ts),
      s: size,
      c: [2],
      i: String(id),
      x: 1,
      r: ms(ts),
    }),
    quote: ({ listing, bid, bidSize, ask, askSize, ts }) => ({
      ev: 'XQ',
      pair: listing.symbol,
      bp: bid,
      bs: bidSize,
      ap: ask,
      as: askSize,
      t: ms(ts),
      x: 1,
      r: ms(ts),
    }),
    second: (tick) => ({ ev: 'XAS', pair: tick.listing.symbol, ...secondOf(tick) }),
  },
  forex: {
    name: 'forex',
    prefixes: { C: 'quote', CAS: 'second', CA: 'minute' },
    listings: (market) => market.universe.fx,
    find: (market, text) => pairOf(market, text, 'fx') ?? pairListing(market, text, 'fx'),
    named: (listing) => ({ pair: slashed(listing) }),
    trade: null,
    quote: ({ listing, bid, ask, ts }) => ({
      ev: 'C',
      p: slashed(listing),
      x: 48,
      a: ask,
      b: bid,
      t: ms(ts),
    }),
    second: (tick) => ({ ev: 'CAS', pair: slashed(tick.listing), ...secondOf(tick) }),
  },
}

const MINUTE_EVENTS = { stocks: 'AM', crypto: 'XA', forex: 'CA' } as const

const slashed = (listing: Listing): string => listing.symbol.replace('-', '/')

/** `X:BTCUSD` and `BTCUSD` besides `BTC-USD`. */
function pairListing(market: Market, text: string, kind: 'crypto' | 'fx'): Listing | null {
  const prefix = kind === 'crypto' ? 'X:' : 'C:'
  const listing = listingOf(market, text.startsWith(prefix) ? text : prefix + text)
  return listing?.kind === kind ? listing : null
}

/** One trade is all that its second has: the market's trades are thinned. */
function secondOf({ listing, price, size, ts }: StreamTick): object {
  const s = Math.floor(ts / SECOND_US) * SECOND_US
  const p = roundOf(listing)(price)
  return { v: size, vw: p, o: p, c: p, h: p, l: p, z: Math.round(size), s: ms(s), e: ms(s + SECOND_US) }
}

/** Accumulated volume, the day's open and its average price. */
function dayOf(market: Market, { listing, ts, volume }: StreamTick): object {
  const day = market.day(listing, begunSession(listing, ts), ts)
  const average = day ? rounded((day.open + day.high + day.low + day.close) / 4) : 0
  return { av: volume, op: day?.open ?? 0, a: average }
}

export function minuteEvent(
  cluster: Cluster,
  { market, listing, candle }: { market: Market; listing: Listing; candle: Candle },
): object {
  const round = roundOf(listing)
  const [o, h, l, c] = [candle.open, candle.high, candle.low, candle.close].map(round) as [
    number,
    number,
    number,
    number,
  ]
  const end = candle.start + MINUTE_US
  const volume = cluster.name === 'stocks' ? market.volume(listing, candle.session, end) : 0
  const day = { listing, ts: end, volume } as StreamTick
  return {
    ev: MINUTE_EVENTS[cluster.name],
    ...cluster.named(listing),
    v: candle.volume,
    ...(cluster.name === 'stocks' ? dayOf(market, day) : {}),
    vw: round((o + h + l + c) / 4),
    o,
    c,
    h,
    l,
    z: Math.max(1, Math.round(candle.volume / candle.count)),
    s: ms(candle.start),
    e: ms(end),
  }
}
