// What the stream has said of each symbol so far: trades and quotes come apart and become one Quote.
import { type Micros, microsFromIso, type Quote, type SymbolRef } from '@onetape/market'
import { z } from 'zod'
import type { SessionEvent } from '../contract.ts'
import { type Rows, readRows, shapeFault, textField } from '../wire-rows.ts'
import type { Feed } from './feed.ts'
import { positive, sidesOf } from './normalize.ts'
import { normalizeBar } from './normalize-bars.ts'
import {
  barMessage,
  controlMessage,
  kindOfMessage,
  messagesOf,
  quoteMessage,
  streamError,
  tradeMessage,
  undoMessage,
} from './stream-payload.ts'
import { currencyOf, refFrom } from './symbols.ts'

/**
 * Sale conditions with which a trade sets no last price: averages, odd lots, other settlement, out of sequence,
 * official opens and closes that repeat a trade. REST leaves such trades out of `latestTrade` too.
 */
const NO_LAST = new Set(['4', '7', '9', 'B', 'C', 'H', 'I', 'M', 'N', 'P', 'Q', 'R', 'U', 'V', 'W', 'Z'])

type Sides = Pick<Quote, 'bid' | 'ask' | 'bidSize' | 'askSize'>
interface Known {
  trade: { price: number; ts: Micros; id: string | null } | null
  sides: (Sides & { ts: Micros }) | null
}

const anyMessage = z.looseObject({})
const NO_SIDES: Sides = { bid: null, ask: null, bidSize: null, askSize: null }
const ALIVE: SessionEvent = { type: 'alive' }

export class StreamBook {
  readonly #known = new Map<string, Known>()
  readonly #assetClass: 'equity' | 'crypto'
  readonly #feed: Feed

  constructor(assetClass: 'equity' | 'crypto', feed: Feed) {
    this.#assetClass = assetClass
    this.#feed = feed
  }

  /** What one message of the market means; control messages are not for the book. */
  hear(message: unknown): SessionEvent {
    const { rows, dropped } = readRows([message], {
      schema: anyMessage,
      nameOf: (raw) => textField(raw, 'S'),
      normalize: (row) => this.#read(row),
    })
    return rows[0] ?? { type: 'dropped', row: dropped[0]! }
  }

  #read(message: object): SessionEvent | string {
    switch (kindOfMessage(message)) {
      case 't':
        return this.#trade(message)
      case 'q':
        return this.#quote(message)
      case 'b':
        return this.#bar(message)
      case 'c':
      case 'x':
        return this.#undo(message)
      default:
        return ALIVE // statuses, bands, news of the day: not ours
    }
  }

  #trade(message: object): SessionEvent | string {
    const parsed = tradeMessage.safeParse(message)
    if (!parsed.success) return shapeFault(parsed.error)
    const row = parsed.data
    const named = this.#named(row)
    if (typeof named === 'string') return named
    const price = positive(row.p)
    if (price === null) return `price is ${row.p}`
    if (row.c?.some((condition) => NO_LAST.has(condition))) return ALIVE
    const { ref, ts, known } = named
    const trade = { price, ts, id: row.i ?? null }
    if (known.trade && ts < known.trade.ts) return this.#event(ref, { ...known, trade }, ts)
    // Another trade at the same price, before the newest quote, leaves the price as it was given.
    const isTold = known.trade?.price === price && known.trade.id !== trade.id && ts <= (known.sides?.ts ?? 0)
    known.trade = trade
    return isTold ? ALIVE : this.#event(ref, known, Math.max(ts, known.sides?.ts ?? 0))
  }

  #quote(message: object): SessionEvent | string {
    const parsed = quoteMessage.safeParse(message)
    if (!parsed.success) return shapeFault(parsed.error)
    const named = this.#named(parsed.data)
    if (typeof named === 'string') return named
    const { ref, ts, known } = named
    const sides = { ...sidesOf(parsed.data, ref), ts }
    // A quote alone has no last price, and is no price for the tape: it waits for the first trade.
    const isOld = known.sides !== null && ts < known.sides.ts
    if (isOld) return known.trade ? this.#event(ref, { ...known, sides }, ts) : ALIVE
    known.sides = sides
    return known.trade ? this.#event(ref, known, Math.max(ts, known.trade.ts)) : ALIVE
  }

  #bar(message: object): SessionEvent | string {
    const parsed = barMessage.safeParse(message)
    if (!parsed.success) return shapeFault(parsed.error)
    const ref = refFrom(this.#assetClass, parsed.data.S)
    if (!ref) return `symbol ${parsed.data.S} has no name here`
    const bar = normalizeBar(parsed.data, { ref, timeframe: '1m', feed: this.#feed, fetchedAt: 0 })
    // Sent when the minute is over, by the vendor's clock.
    return typeof bar === 'string' ? bar : { type: 'bar', bar: { ...bar, final: true } }
  }

  /** Taking back the newest trade leaves a last price that never was: REST knows the right one. */
  #undo(message: object): SessionEvent | string {
    const parsed = undoMessage.safeParse(message)
    if (!parsed.success) return shapeFault(parsed.error)
    const { S, i, oi } = parsed.data
    const ref = refFrom(this.#assetClass, S)
    const known = this.#known.get(S)
    const id = oi ?? i
    if (!ref || !known?.trade || id == null || known.trade.id !== id) return ALIVE
    known.trade = null
    return { type: 'gap', reason: 'the vendor took back the newest trade', refs: [ref] }
  }

  #named(row: { S: string; t: string }): { ref: SymbolRef; ts: Micros; known: Known } | string {
    const ref = refFrom(this.#assetClass, row.S)
    if (!ref) return `symbol ${row.S} has no name here`
    const ts = microsFromIso(row.t)
    if (ts === null) return `time is ${JSON.stringify(row.t)}, not an instant`
    let known = this.#known.get(row.S)
    if (!known) {
      known = { trade: null, sides: null }
      this.#known.set(row.S, known)
    }
    return { ref, ts, known }
  }

  /** @param ts The newer one of trade and quote: the state that the Quote shows begins there. */
  #event(ref: SymbolRef, { trade, sides }: Known, ts: Micros): SessionEvent {
    const { ts: _, ...book } = sides ?? { ...NO_SIDES, ts: 0 }
    const quote: Quote = {
      ...ref,
      ts,
      tsOrigin: 'vendor',
      last: trade?.price ?? null,
      ...book,
      volume: null, // trades carry their own size, not the session's
      feed: this.#feed.name,
      delayedMinutes: this.#feed.delayedMinutes,
      currency: currencyOf(ref),
    }
    return { type: 'quote', quote }
  }
}

/** One recorded frame, read as the stream reads it: the market's messages as events, the vendor's refusals as errors. */
export function readFrames(text: string, feed: Feed): Rows<object> {
  const book = new StreamBook('equity', feed)
  const events = messagesOf(text).map((message) => {
    const control = controlMessage.safeParse(message)
    if (!control.success) return book.hear(message)
    if (control.data.T === 'error') throw streamError(control.data)
    return control.data
  })
  const isDropped = (event: object): event is SessionEvent & { type: 'dropped' } =>
    (event as SessionEvent).type === 'dropped'
  return {
    rows: events.filter((event) => !isDropped(event)),
    dropped: events.filter(isDropped).map((event) => event.row),
  }
}
