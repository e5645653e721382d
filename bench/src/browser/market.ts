// A market of a given size whose prices move: the same seed makes the same changes, so that two pages are fed the
// same values without sharing a stream.
import type { QuoteRow } from '@onetape/api/router'
import { type Micros, sessionAt } from '@onetape/market'

export interface MovingMarket {
  readonly rows: readonly QuoteRow[]
  readonly batchId: number
  /** Moves `count` instruments, each chosen alone, and returns their rows. */
  move(count: number, now: Micros): QuoteRow[]
}

const PREVIOUS_CLOSES = [3.4, 12.8, 47.15, 96.4, 188.02, 412.9, 1_204.5]

export function movingMarket(options: { size: number; now: Micros; seed?: number }): MovingMarket {
  const { size, now, seed = 1 } = options
  const random = mulberry32(seed)
  const rows = Array.from({ length: size }, (_, index) => firstRow(index, now, random))
  let batchId = 1
  return {
    rows,
    get batchId() {
      return batchId
    },
    move(count, at) {
      batchId++
      const moved = new Map<number, QuoteRow>()
      while (moved.size < count) {
        const index = Math.floor(random() * size)
        if (moved.has(index)) continue
        const row = movedRow(rows[index]!, at, batchId, random())
        rows[index] = row
        moved.set(index, row)
      }
      return [...moved.values()]
    },
  }
}

function firstRow(index: number, now: Micros, random: () => number): QuoteRow {
  const symbol = symbolOf(index)
  const previousClose = PREVIOUS_CLOSES[index % PREVIOUS_CLOSES.length]!
  const last = cents(previousClose * (0.97 + random() * 0.06))
  return {
    key: `equity:US:${symbol}`,
    symbol,
    assetClass: 'equity',
    name: `${symbol} Holdings Incorporated`,
    ...priced(last, previousClose),
    bidSize: 300,
    askSize: 200,
    volume: 20_000 + Math.floor(random() * 5_000_000),
    dayOpen: previousClose,
    dayHigh: cents(Math.max(last, previousClose) * 1.01),
    dayLow: cents(Math.min(last, previousClose) * 0.99),
    previousClose,
    ts: now,
    fetchedAt: now,
    source: 'polygon',
    feed: 'sip',
    delayedMinutes: 0,
    tsOrigin: 'vendor',
    currency: 'USD',
    sessionDate: sessionAt('XNYS', now).session?.date ?? '2026-11-20',
    staleAfterUs: 120_000_000,
    batchId: 1,
  }
}

function movedRow(was: QuoteRow, at: Micros, batchId: number, draw: number): QuoteRow {
  const last = Math.max(0.5, cents(was.last! * (1 + (draw - 0.5) * 0.004)))
  return {
    ...was,
    ...priced(last, was.previousClose!),
    volume: was.volume! + 100 + Math.floor(draw * 900),
    dayHigh: Math.max(was.dayHigh!, last),
    dayLow: Math.min(was.dayLow!, last),
    ts: at,
    fetchedAt: at,
    batchId,
  }
}

const priced = (last: number, previousClose: number) => ({
  last,
  change: cents(last - previousClose),
  changePct: Number((((last - previousClose) / previousClose) * 100).toFixed(4)),
  bid: cents(last - 0.01),
  ask: cents(last + 0.01),
})

const cents = (price: number): number => Math.round(price * 100) / 100

/** A, B .. Z, AA, AB ..: as many as one wants, none twice. */
function symbolOf(index: number): string {
  let symbol = ''
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) {
    symbol = String.fromCharCode(65 + ((n - 1) % 26)) + symbol
  }
  return symbol
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
