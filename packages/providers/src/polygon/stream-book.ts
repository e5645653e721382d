// What a socket has said of each symbol so far: trades and quotes come apart and become one Quote.
import type { AssetClass, Bar, Quote } from '@onetape/market'
import type { SessionEvent } from '../contract.ts'
import { readRows, textField } from '../wire-rows.ts'
import { DELAYED_MINUTES, feedOf } from './feed.ts'
import {
  type Fact,
  normalizeForex,
  normalizeMinute,
  normalizeSecond,
  normalizeStreamQuote,
  normalizeTrade,
} from './normalize-stream.ts'
import { forexSchema, kindOf, quoteSchema, tradeSchema, windowSchema } from './payload-stream.ts'
import { currencyOf } from './symbols.ts'

const ALIVE: SessionEvent = { type: 'alive' }

/** A message that is well-formed and says nothing for the tape. */
interface Nothing {
  nothing: true
}
const NOTHING: Nothing = { nothing: true }

export class StreamBook {
  readonly #known = new Map<string, Fact['part']>()
  readonly #assetClass: AssetClass
  readonly #delayed: boolean

  constructor(assetClass: AssetClass, delayed: boolean) {
    this.#assetClass = assetClass
    this.#delayed = delayed
  }

  hear(message: unknown): SessionEvent {
    const { rows, dropped } = this.#read(message)
    const [row] = rows
    if (!row) return { type: 'dropped', row: dropped[0] ?? { row: 0, reason: 'is no message' } }
    if ('nothing' in row) return ALIVE
    return 'timeframe' in row ? { type: 'bar', bar: row } : this.#told(row)
  }

  #read(message: unknown): ReturnType<typeof readRows<unknown, Fact | Bar | Nothing>> {
    const assetClass = this.#assetClass
    const nameOf = (raw: unknown) => textField(raw, 'sym') ?? textField(raw, 'pair') ?? textField(raw, 'p')
    switch (kindOf(message)) {
      case 'T':
      case 'XT':
        return readRows<unknown, Fact | Nothing>([message], {
          schema: tradeSchema,
          nameOf,
          normalize: (row) => normalizeTrade(row as never, assetClass) ?? NOTHING,
        })
      case 'Q':
        return readRows([message], {
          schema: quoteSchema,
          nameOf,
          normalize: (row) => normalizeStreamQuote(row, assetClass),
        })
      case 'C':
        return readRows([message], { schema: forexSchema, nameOf, normalize: normalizeForex })
      case 'A':
        return readRows([message], { schema: windowSchema, nameOf, normalize: normalizeSecond })
      case 'AM':
      case 'XA':
      case 'CA':
        return readRows([message], {
          schema: windowSchema,
          nameOf,
          normalize: (row) => normalizeMinute(row, { assetClass, delayed: this.#delayed }),
        })
      default:
        return { rows: [NOTHING], dropped: [] } // luld bands, imbalances: not asked for
    }
  }

  /** A quote alone has no last price, and is no price for the tape: it waits for the first trade. */
  #told({ ref, ts, part }: Fact): SessionEvent {
    const known = { ...this.#known.get(ref.symbol), ...part }
    this.#known.set(ref.symbol, known)
    if (known.last == null) return ALIVE
    const quote: Quote = {
      ...ref,
      ts,
      tsOrigin: 'vendor',
      last: known.last,
      bid: known.bid ?? null,
      ask: known.ask ?? null,
      bidSize: known.bidSize ?? null,
      askSize: known.askSize ?? null,
      // Of this very moment or not at all: a volume from before is not the volume at `ts`.
      volume: part.volume ?? null,
      feed: feedOf(ref.assetClass, this.#delayed),
      delayedMinutes: this.#delayed ? DELAYED_MINUTES : 0,
      currency: currencyOf(ref),
    }
    return { type: 'quote', quote }
  }
}
