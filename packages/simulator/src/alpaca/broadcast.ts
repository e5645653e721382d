// What a connection of the stream is sent once it has subscribed: trades and quotes as the pump finds them, bars of
// whole minutes when they are over.
import { lastSession, MINUTE_US, type Micros } from '@onetape/market'
import { begunSession, venueOfListing } from '../market/calendar.ts'
import type { Print } from '../market/candle.ts'
import { mix } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import { createPump, type Pump, type StreamTick } from '../pump.ts'
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import type { Channels } from './channels.ts'
import { isOpenAtIex, isTradeOfIex, priceAtIex, quoteAtIex } from './iex.ts'
import { symbolOf } from './queries.ts'
import { dayRow, jsonText, minuteRow, oddLotRow, quoteRow, tradeRow } from './rows.ts'
import { SIP_DELAY_US, type StockFeed, tapeOf } from './tape.ts'

const LOOK_MS = 250
/** Beyond so many symbols at a time frames hold several of them. */
const FRAMES_APART_MAX = 25
const ROWS_A_FRAME = 50
/** Minutes sent after a jump of the clock. */
const MINUTES_MAX = 5

export interface Broadcast {
  socket: SimSocket
  simulation: Simulation
  channels: Channels
  feed: StockFeed | 'us'
  path: string
}

/** Returns the way to stop. */
export function startBroadcast(b: Broadcast): () => void {
  const stopTicks = pumpOf(b).follow({
    path: b.path,
    listings: () => b.channels.listings(b.simulation.market, ['trades', 'quotes']),
    onTicks: (ticks) =>
      sendRows(
        b,
        ticks.flatMap((tick) => tickRows(b, tick)),
      ),
  })
  let minute = Math.floor(nowOf(b) / MINUTE_US)
  const stopBars = b.simulation.wall.every(LOOK_MS, () => {
    const current = Math.floor(nowOf(b) / MINUTE_US)
    if (current > minute)
      sendBars(b, Math.max(minute, current - MINUTES_MAX) * MINUTE_US, current * MINUTE_US)
    minute = current
  })
  return () => {
    stopTicks()
    stopBars()
  }
}

const nowOf = ({ simulation, feed }: Broadcast): Micros =>
  simulation.clock.now() - (feed === 'delayed_sip' ? SIP_DELAY_US : 0)

/** The delayed feed looks at the market of a quarter of an hour ago. */
function pumpOf(b: Broadcast): Pump {
  const { simulation, feed } = b
  if (feed !== 'delayed_sip') return simulation.pump
  const { market, faults, wall } = simulation
  return createPump({ market, now: () => nowOf(b), faults, wall }, 'alpaca')
}

interface Row {
  listing: Listing
  row: Record<string, unknown>
}

function tickRows({ simulation, channels, feed }: Broadcast, tick: StreamTick): Row[] {
  const { listing } = tick
  const S = symbolOf(listing)
  const iex = feed === 'iex'
  const trade = { ts: tick.ts, price: tick.price, size: tick.size, id: Math.floor(tick.ts / 1000) }
  const quote = { ts: tick.ts, bid: tick.bid, ask: tick.ask, bidSize: tick.bidSize, askSize: tick.askSize }
  const rows: Row[] = []
  const session = begunSession(listing, tick.ts)
  if (iex && !isOpenAtIex(session, tick.ts)) return []
  const price = iex
    ? priceAtIex(simulation.market, listing, { session, now: tick.ts })
    : (value: number) => value
  if (channels.has('quotes', S)) {
    const own = iex ? quoteAtIex(listing, quote, price) : quote
    rows.push({ listing, row: { T: 'q', S, ...quoteRow(listing, own, iex) } })
  }
  if (channels.has('trades', S) && (!iex || isTradeOfIex(listing, trade))) {
    const oddLot = oddLotBefore(listing, trade)
    if (oddLot)
      rows.push({
        listing,
        row: { T: 't', S, ...oddLotRow(listing, { ...oddLot, price: price(oddLot.price) }, iex) },
      })
    rows.push({
      listing,
      row: { T: 't', S, ...tradeRow(listing, { ...trade, price: price(trade.price) }, iex) },
    })
  }
  return rows
}

/**
 * Here and there some shares change hands beside the market just before a trade. Such an odd lot sets no last price,
 * and is in no bar.
 */
function oddLotBefore(listing: Listing, trade: Print): Print | null {
  const draw = mix(listing.key ^ 0x0dd, trade.id % 4_294_967_296)
  if (listing.kind !== 'equity' || draw % 9 !== 0) return null
  const aside = trade.price * (draw % 2 === 0 ? 1.002 : 0.998)
  return { ts: trade.ts - 1_000, price: Number(aside.toFixed(4)), size: 1 + (draw % 99), id: trade.id - 1 }
}

/** Bars of the minutes that are over; here and there one is sent again because a trade came late. */
function sendBars(b: Broadcast, from: Micros, to: Micros): void {
  const { channels, simulation, feed } = b
  const tape = tapeOf(simulation.market, feed, simulation.clock.now())
  const rows: Row[] = []
  for (const listing of channels.listings(simulation.market, ['bars', 'updatedBars', 'dailyBars'])) {
    const S = symbolOf(listing)
    let traded = false
    for (const minute of tape.minutes(listing, { from, to })) {
      traded = true
      const late = mix(listing.key, minute.start / MINUTE_US) % 12 === 0
      const row = { S, ...minuteRow(minute) }
      if (channels.has('bars', S)) rows.push({ listing, row: { T: 'b', ...row } })
      if (late && channels.has('updatedBars', S)) rows.push({ listing, row: { T: 'u', ...row } })
    }
    const day =
      traded && channels.has('dailyBars', S) && listing.kind === 'equity'
        ? tape.day(listing, lastSession(venueOfListing(listing), tape.now))
        : null
    if (day) rows.push({ listing, row: { T: 'd', S, ...dayRow(day) } })
  }
  sendRows(b, rows)
}

/** One symbol a frame, as long as there are few: then faults on one symbol find theirs. */
function sendRows({ socket }: Broadcast, rows: readonly Row[]): void {
  const bySymbol = new Map<Listing, Record<string, unknown>[]>()
  for (const { listing, row } of rows) bySymbol.set(listing, [...(bySymbol.get(listing) ?? []), row])
  if (bySymbol.size <= FRAMES_APART_MAX) {
    for (const [{ symbol }, own] of bySymbol) socket.send(jsonText(own), { symbol })
    return
  }
  for (let at = 0; at < rows.length; at += ROWS_A_FRAME) {
    socket.send(jsonText(rows.slice(at, at + ROWS_A_FRAME).map(({ row }) => row)))
  }
}
