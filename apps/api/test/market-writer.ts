// Writes quotes to a test tape the way the daemon's pipeline does: whole batches through `writeBatch`.
import { type Db, type Instrument, mintInstruments, writeBatch } from '@onetape/db'
import { SECOND_US } from '@onetape/market'

export const MARKET_START = 1_763_481_600_000_000 // 2025-11-18T16:00:00Z, in session

export const mintStocks = (db: Db, symbols: readonly string[]): Promise<Instrument[]> =>
  mintInstruments(
    db,
    symbols.map((symbol) => ({
      ref: { assetClass: 'equity' as const, symbol },
      name: `${symbol} Incorporated`,
    })),
  )

export interface Quoted {
  instrument: Instrument
  last: number
}

let seconds = 0

/** One batch of quotes, newer than any begun before. @returns its ledger id; null when newer ones came first. */
export async function quoteBatch(db: Db, quotes: readonly Quoted[]): Promise<number | null> {
  const ts = MARKET_START + ++seconds * SECOND_US
  const { batchId } = await writeBatch(db, {
    kind: 'ticks',
    source: 'polygon',
    feed: 'delayed',
    fetchedAt: ts,
    marketNow: ts,
    latest: {
      sourceOrder: { default: ['polygon'] },
      cadenceUs: 60 * SECOND_US,
      rows: quotes.map(({ instrument, last }) => ({
        instrumentId: instrument.id,
        ts,
        last,
        bid: null,
        ask: null,
        bidSize: null,
        askSize: null,
        day: null,
        previousClose: 100,
        sessionDate: '2025-11-18',
        feed: 'delayed',
        delayedMinutes: 15,
        tsOrigin: 'vendor',
      })),
    },
  })
  return batchId
}

/** Repeatable chance: the same seed gives the same run. */
export function chance(seed: number): {
  below(n: number): number
  some<T>(all: readonly T[], n: number): T[]
} {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (n: number) => Math.floor(next() * n)
  return {
    below,
    some(all, n) {
      const left = [...all]
      return Array.from({ length: Math.min(n, all.length) }, () => left.splice(below(left.length), 1)[0]!)
    },
  }
}
