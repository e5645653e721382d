// Rows for this package's tests.
import { DAY_US, HOUR_US, MINUTE_US, type Micros } from '@onetape/market'
import type { BarRow, Batch, DailyRow, LatestRow, TickRow } from './batch.ts'
import type { Db } from './connect.ts'
import { mintInstruments } from './writes/mint-instruments.ts'

/** Friday 20 November 2026, 15:00 UTC: an hour and a half before noon in New York, the session is open. */
export const NOON: Micros = Date.UTC(2026, 10, 20, 15) * 1000
export const minute = (n: number): Micros => NOON + n * MINUTE_US
export const hour = (n: number): Micros => NOON + n * HOUR_US
export const day = (n: number): Micros => NOON + n * DAY_US

let minted = 0
/** Instruments that no other test has seen. */
export async function newInstruments(
  db: Db,
  count: number,
  assetClass: 'equity' | 'crypto' = 'equity',
): Promise<number[]> {
  const refs = Array.from({ length: count }, () => {
    const name = `T${(minted++).toString(36).toUpperCase().padStart(5, '0')}`
    return { ref: { assetClass, symbol: assetClass === 'crypto' ? `${name}-USD` : name } }
  })
  return (await mintInstruments(db, refs)).map((i) => i.id)
}

export const tick = (
  instrumentId: number,
  ts: Micros,
  price: number,
  volume: number | null = null,
): TickRow => ({
  instrumentId,
  ts,
  price,
  volume,
})

export const bar = (instrumentId: number, ts: Micros, close: number, more: Partial<BarRow> = {}): BarRow => ({
  ...{ instrumentId, timeframe: '1m', ts, basis: 'raw', final: true },
  ...{ open: close, high: close + 1, low: close - 1, close, volume: 10 },
  ...more,
})

export const daily = (
  instrumentId: number,
  sessionDate: string,
  close: number,
  more: Partial<DailyRow> = {},
): DailyRow => ({
  ...{ instrumentId, sessionDate, basis: 'raw', settled: true },
  ...{ open: close, high: close + 1, low: close - 1, close, volume: 1000 },
  ...more,
})

export const latest = (
  instrumentId: number,
  ts: Micros,
  last: number,
  more: Partial<LatestRow> = {},
): LatestRow => ({
  ...{ instrumentId, ts, last, bid: null, ask: null, bidSize: null, askSize: null, day: null, volume: null },
  ...{ previousClose: null, sessionDate: '2026-11-20', feed: 'sip', delayedMinutes: 0, tsOrigin: 'vendor' },
  ...more,
})

export const HOUSE_ORDER = ['polygon', 'yahoo', 'coinbase']

export function batch(
  more: Partial<Omit<Batch, 'latest'>> & { latest?: LatestRow[]; cadenceUs?: number },
): Batch {
  const { latest: rows, cadenceUs = MINUTE_US, ...rest } = more
  const marketNow = rest.marketNow ?? NOON
  return {
    ...{ kind: 'ticks', source: 'polygon', feed: 'sip', fetchedAt: marketNow, marketNow },
    ...(rows && { latest: { rows, sourceOrder: { default: HOUSE_ORDER }, cadenceUs } }),
    ...rest,
  }
}
