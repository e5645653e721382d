// What the fan-out benchmark plays with: instruments that look like a real day's, and who follows which of them.
import type { LatestView } from '@onetape/db'

export interface FanShape {
  instruments: number
  readers: number
  /** Instruments of a reader that follows some. */
  own: number
  /** Instruments that move in one batch. */
  changes: number
}

export const VARIANTS = 4
export const ENVIRONMENT_ID = '0b9f3c1e-7d2a-4c55-9a31-5d1f5a2b7c99'
export const START_US = Date.UTC(2026, 10, 20, 15) * 1000

export const symbolOf = (i: number): string => {
  let text = ''
  for (let n = i, k = 0; k < 4; k++, n = Math.floor(n / 26)) text = String.fromCharCode(65 + (n % 26)) + text
  return text
}
export const keyOf = (i: number): string => `equity:US:${symbolOf(i)}`

/** Instruments that move in batch `n`: the universe goes round, each batch is another part of it. */
export const movedIn = ({ instruments, changes }: FanShape, n: number): number[] =>
  Array.from({ length: changes }, (_, i) => (n * changes + i) % instruments)

/** Which instruments each reader follows, from all over the universe; the same in every process. */
export function ownInstruments({ instruments, readers, own }: FanShape): number[][] {
  const apart = Math.floor(instruments / own)
  let state = 12_345
  const below = (n: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % n
  }
  return Array.from({ length: readers }, () =>
    Array.from({ length: own }, (_, k) => k * apart + below(apart)),
  )
}

export const priceOf = (i: number, n: number): number =>
  Math.round(1_000 + ((i * 7_919) % 40_000) + (n % 97) * 3) / 100

/** As the API has them: known once, and the same text in every row. */
const facts = new Map<number, Pick<LatestView, 'key' | 'symbol' | 'name'>>()
function factsOf(i: number) {
  const known = facts.get(i) ?? { key: keyOf(i), symbol: symbolOf(i), name: `Some Company ${i} Incorporated` }
  facts.set(i, known)
  return known
}

export function viewOf(i: number, n: number, batchId: number): LatestView {
  const last = priceOf(i, n)
  const cents = (by: number) => Math.round((last + by) * 100) / 100
  return {
    instrumentId: i + 1,
    ...factsOf(i),
    assetClass: 'equity',
    currency: 'USD',
    batchId,
    ts: START_US + n * 250_000 + ((i * 37) % 250_000),
    fetchedAt: START_US + n * 250_000 + 400_000,
    source: 'polygon',
    feed: 'delayed',
    delayedMinutes: 15,
    tsOrigin: 'vendor',
    last,
    bid: cents(-0.01),
    ask: cents(0.01),
    bidSize: 100 * (1 + (i % 30)),
    askSize: 300,
    dayOpen: cents(-1.1),
    dayHigh: cents(0.87),
    dayLow: cents(-1.93),
    dayClose: last,
    volume: 123_456 + i * 77 + n,
    previousClose: cents(-0.55),
    sessionDate: '2026-11-20',
  }
}
