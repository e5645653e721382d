// What one connection of the stream has subscribed: symbols by channel, `*` for all.
import { z } from 'zod'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'

export const STOCK_CHANNELS = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
  'corrections',
  'cancelErrors',
] as const
export const CRYPTO_CHANNELS = ['trades', 'quotes', 'orderbooks', 'bars', 'updatedBars', 'dailyBars'] as const
type Channel = (typeof STOCK_CHANNELS)[number] | (typeof CRYPTO_CHANNELS)[number]

const symbols = z.array(z.string()).nullish()
export const messageSchema = z.looseObject({
  action: z.string(),
  key: z.string().nullish(),
  secret: z.string().nullish(),
})
const channelsSchema = z.record(z.string(), z.unknown())

/** Trades and quotes are what a plan counts. */
const COUNTED: readonly Channel[] = ['trades', 'quotes']

export class Channels {
  readonly #names: readonly Channel[]
  readonly #kind: 'equity' | 'crypto'
  #symbols: Map<Channel, Set<string>>

  constructor(kind: 'equity' | 'crypto') {
    this.#kind = kind
    this.#names = kind === 'crypto' ? CRYPTO_CHANNELS : STOCK_CHANNELS
    this.#symbols = new Map(this.#names.map((name) => [name, new Set()]))
  }

  /** Null when done, else the error's code: nothing has changed then. */
  change(action: 'subscribe' | 'unsubscribe', message: unknown, symbolsMax: number): 400 | 405 | null {
    const fields = channelsSchema.safeParse(message)
    if (!fields.success) return 400
    const next = new Map([...this.#symbols].map(([name, set]) => [name, new Set(set)]))
    for (const name of this.#names) {
      const list = symbols.safeParse(fields.data[name])
      if (!list.success) return 400
      for (const symbol of list.data ?? []) {
        if (action === 'subscribe') next.get(name)!.add(symbol)
        else next.get(name)!.delete(symbol)
      }
    }
    if (
      COUNTED.some(
        (name) => next.get(name)!.size > symbolsMax || (next.get(name)!.has('*') && symbolsMax < 1e6),
      )
    )
      return 405
    // Who hears trades hears what becomes of them.
    for (const name of ['corrections', 'cancelErrors'] as const)
      if (next.has(name)) next.set(name, new Set(next.get('trades')))
    this.#symbols = next
    return null
  }

  has(channel: Channel, symbol: string): boolean {
    const set = this.#symbols.get(channel)
    return set !== undefined && (set.has(symbol) || set.has('*'))
  }

  /** The listings of some channels. */
  *listings(market: Market, channels: readonly Channel[]): Generator<Listing> {
    const all = new Set(channels.flatMap((name) => [...(this.#symbols.get(name) ?? [])]))
    if (all.has('*')) {
      yield* this.#kind === 'crypto' ? market.universe.crypto : market.universe.equities
      return
    }
    for (const symbol of all) {
      const listing = market.find(symbol.replace('/', '-'))
      if (listing?.kind === this.#kind) yield listing
    }
  }

  message(): Record<string, unknown> {
    const lists = [...this.#symbols].map(([name, set]) => [name, [...set]])
    return { T: 'subscription', ...Object.fromEntries(lists) }
  }
}
