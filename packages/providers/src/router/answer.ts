// What the router gives back: values, each with its receipt, and every attempt of the routing once.
import type { Basis, Micros, Quote, SymbolRef } from '@onetape/market'
import type { Attempt, Freshness, Receipt } from './receipt.ts'

/** `value` is null where nobody could answer; the receipt says who was asked and why not. */
export interface Answer<T> {
  value: T | null
  receipt: Receipt
}

/** One row for each symbol asked, in that order. */
export interface RowsAnswer<T> {
  rows: Answer<T>[]
  /** Every attempt of this routing, once; receipts of rows share them. */
  attempts: Attempt[]
  /** True where another call's answer was taken: `attempts` were made for that one. */
  cached: boolean
}

export interface OneAnswer<T> extends Answer<T> {
  cached: boolean
}

/** What a receipt says of the answer itself. */
export interface Facts {
  source: string
  feed: string | null
  delayedMinutes: number | null
  ts: Micros | null
  tsOrigin: Quote['tsOrigin'] | null
  fetchedAt: Micros
  freshness: Freshness
  basis?: Basis
  converted?: Receipt['converted']
  currency: string | null
}

/** What a receipt says of the routing. */
export interface Routing {
  kind: Receipt['kind']
  order: Receipt['order']
  answeredAt: Micros
  tookMs: number
}

export function receiptOf(
  ref: SymbolRef,
  { kind, order, answeredAt, tookMs }: Routing,
  { attempts, facts }: { attempts: Attempt[]; facts: Facts | null },
): Receipt {
  return {
    kind,
    ref,
    source: facts?.source ?? null,
    feed: facts?.feed ?? null,
    delayedMinutes: facts?.delayedMinutes ?? null,
    ts: facts?.ts ?? null,
    tsOrigin: facts?.tsOrigin ?? null,
    fetchedAt: facts?.fetchedAt ?? null,
    ageMs: ageMs(facts?.ts ?? null, answeredAt),
    freshness: facts?.freshness ?? null,
    basis: facts?.basis ?? null,
    converted: facts?.converted ?? null,
    currency: facts?.currency ?? null,
    attempts,
    order,
    answeredAt,
    tookMs,
  }
}

const ageMs = (ts: Micros | null, now: Micros): number | null => (ts === null ? null : (now - ts) / 1000)

/** The same answer given again: its attempts stay, its age is of now. */
export function givenAgain<T>(
  answer: Answer<T>,
  { answeredAt, tookMs }: Pick<Routing, 'answeredAt' | 'tookMs'>,
) {
  const { receipt } = answer
  const freshness = receipt.freshness === 'live' ? 'cached' : receipt.freshness
  return {
    ...answer,
    receipt: { ...receipt, freshness, ageMs: ageMs(receipt.ts, answeredAt), answeredAt, tookMs },
  }
}

/** Currency in which an instrument is priced: the pair's second half, else the US dollar. */
export const currencyOf = ({ assetClass, symbol }: SymbolRef): string =>
  assetClass === 'crypto' || assetClass === 'fx' ? (symbol.split('-')[1] ?? symbol) : 'USD'

export const refKey = ({ assetClass, symbol }: SymbolRef): string => `${assetClass}:${symbol}`
