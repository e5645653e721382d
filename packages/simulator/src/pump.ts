// Prices as they happen: calls streams back with the trades of the listings they follow, found in the market by the
// simulated clock. Nothing is drawn here, so two streams tell the same story.
import { HOUR_US, type Micros } from '@onetape/market'
import { type FaultScript, VALUE_FAULTS, type VendorName } from './faults.ts'
import { anotherListing, bentMarket } from './market/bent-market.ts'
import { begunSession } from './market/calendar.ts'
import type { Listing } from './market/listing.ts'
import type { Market } from './market/market.ts'
import type { WallTime } from './wall-time.ts'

/** One trade with the quote around it, and the session's volume up to it. */
export interface StreamTick {
  listing: Listing
  ts: Micros
  /** Unlike any other in the listing's life. */
  id: number
  price: number
  size: number
  volume: number
  bid: number
  ask: number
  bidSize: number
  askSize: number
}

export interface Following {
  /** Asked at each look, so that it may change. */
  listings: () => Iterable<Listing>
  /** Called with at least one tick, oldest first. */
  onTicks(ticks: StreamTick[]): void
  /** Path of the socket, for faults with `match`. */
  path?: string
  /** Microseconds that a delayed feed runs behind. */
  delayUs?: number
}

/** A vendor's own pump: value faults on that vendor, and the muting of single symbols, are played in it. */
export interface Pump {
  /** Looks about every 250 ms of real time. Returns the way to stop. */
  follow(following: Following): () => void
  /** The newest tick of a listing, for a stream's opening image; null before its first trade. */
  last(listing: Listing, path?: string): StreamTick | null
  /** The market as a stream shall read it where ticks are not enough: with the value faults that stand now. */
  market(path?: string): Market
}

const LOOK_MS = 250
/** A look does not take longer than this: who follows the whole market is served in turns. */
const LOOK_BUDGET_MS = 60
/** What a jump of the clock may bring at once, a listing. */
const CAUGHT_UP_MAX = 30

export interface PumpDeps {
  market: Market
  now: () => Micros
  faults: FaultScript
  wall: WallTime
}

export function createPump({ market, now, faults, wall }: PumpDeps, vendor: VendorName): Pump {
  const bend = (tick: StreamTick, path: string): StreamTick | null =>
    bentTick(tick, { market, faults, vendor, path })

  return {
    follow({ listings, onTicks, path = '', delayUs = 0 }) {
      /** Up to when each listing was looked at. */
      let seen = new Map<Listing, Micros>()
      let turn = 0
      let lookedAt = now() - delayUs
      const look = () => {
        const until = now() - delayUs
        const all = [...listings()]
        const started = performance.now()
        const ticks: StreamTick[] = []
        // Whoever is new is followed from the previous look on, nobody from before a clock that was set back.
        const since = Math.min(lookedAt, until)
        seen = new Map(all.map((listing) => [listing, Math.min(seen.get(listing) ?? since, until)]))
        let looked = 0
        for (; looked < all.length; looked++) {
          if (looked % 64 === 63 && performance.now() - started > LOOK_BUDGET_MS) break
          const listing = all[(turn + looked) % all.length]!
          ticks.push(...ticksBetween(market, listing, { from: seen.get(listing)!, until }))
          seen.set(listing, until)
        }
        turn = all.length === 0 ? 0 : (turn + looked) % all.length
        lookedAt = until
        const given = ticks
          .sort((a, b) => a.ts - b.ts)
          .map((tick) => bend(tick, path))
          .filter((tick) => tick !== null)
        if (given.length > 0) onTicks(given)
      }
      return wall.every(LOOK_MS, look)
    },
    last(listing, path = '') {
      const tick = tickAt(market, listing, now())
      return tick && bend(tick, path)
    },
    market(path = '') {
      const standing = faults.standing({ vendor, path, on: 'stream', kinds: VALUE_FAULTS })
      return standing.length === 0 ? market : bentMarket(market, standing)
    },
  }
}

/** Ticks with `from < ts <= until`, oldest first. */
function ticksBetween(
  market: Market,
  listing: Listing,
  { from, until }: { from: Micros; until: Micros },
): StreamTick[] {
  const last = market.lastTrade(listing, until)
  if (!last || last.ts <= from) return []
  return market
    .trades(listing, until, CAUGHT_UP_MAX)
    .filter((t) => t.ts > from)
    .reverse()
    .map((t) => tickAt(market, listing, t.ts)!)
}

export function tickAt(market: Market, listing: Listing, at: Micros): StreamTick | null {
  const trade = market.lastTrade(listing, at)
  const quote = trade && market.bidAsk(listing, trade.ts)
  if (!trade || !quote) return null
  return {
    listing,
    ts: trade.ts,
    id: trade.id,
    price: trade.price,
    size: trade.size,
    volume: market.volume(listing, begunSession(listing, trade.ts), trade.ts),
    bid: quote.bid,
    ask: quote.ask,
    bidSize: quote.bidSize,
    askSize: quote.askSize,
  }
}

function bentTick(
  tick: StreamTick,
  { market, faults, vendor, path }: { market: Market; faults: FaultScript; vendor: VendorName; path: string },
): StreamTick | null {
  const place = { vendor, path, on: 'stream' as const, symbol: tick.listing.symbol }
  // A connection that is mute as a whole is its gate's business.
  const symbolMuted = faults
    .standing({ ...place, kinds: ['mute'] })
    .find(({ fault }) => fault.symbol === tick.listing.symbol)
  if (symbolMuted) {
    symbolMuted.claim()
    return null
  }
  const fault = faults.take({ ...place, kinds: VALUE_FAULTS })
  switch (fault?.kind) {
    case 'stale':
      return tickAt(market, tick.listing, tick.ts - HOUR_US)
    case 'wrong_symbol':
      return tickAt(market, anotherListing(market, tick.listing), tick.ts)
    case 'inverted':
      return { ...tick, bid: tick.ask, ask: tick.bid }
    case 'outlier':
      return scaledTick(tick, 3)
    case 'unit_error':
      return scaledTick(tick, 100)
    default:
      return tick
  }
}

const scaledTick = (t: StreamTick, factor: number): StreamTick => ({
  ...t,
  price: t.price * factor,
  bid: t.bid * factor,
  ask: t.ask * factor,
})
