// Ticks and quotes of a busy market for the benchmarks of the write path, the same in every run.
import type { Batch, Db, LatestRow, TickRow } from '@onetape/db'
import { mintInstruments } from '@onetape/db'
import { MINUTE_US, type Micros } from '@onetape/market'

export const INSTRUMENTS = 8_000
/** Monday 2 November 2026, 14:30 UTC: New York opens. */
export const OPENING: Micros = Date.UTC(2026, 10, 2, 14, 30) * 1000

/** Pseudo-random in [0, 1), by seed. */
export function noise(seed: number): number {
  let x = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b)
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b)
  return ((x ^ (x >>> 16)) >>> 0) / 4_294_967_296
}

export async function mint(db: Db): Promise<number[]> {
  const refs = Array.from({ length: INSTRUMENTS }, (_, i) => ({
    ref: { assetClass: 'equity' as const, symbol: `B${i.toString(36).toUpperCase().padStart(4, '0')}` },
  }))
  return (await mintInstruments(db, refs)).map((instrument) => instrument.id)
}

const cents = (n: number) => Math.round(n * 100) / 100

export interface Moment {
  ticks: TickRow[]
  latest: LatestRow[]
  /** When the answer was complete. */
  at: Micros
}

/** The n-th picture of all instruments; each trades at a microsecond of its own within `stepUs`. */
export function moment(
  ids: readonly number[],
  n: number,
  o: { from?: Micros; stepUs?: number } = {},
): Moment {
  const { from = OPENING, stepUs = MINUTE_US } = o
  const start = from + n * stepUs
  const sessionDate = new Date(start / 1000).toISOString().slice(0, 10)
  const ticks: TickRow[] = []
  const latest: LatestRow[] = []
  for (const [i, instrumentId] of ids.entries()) {
    const ts = start + Math.floor(noise(n * INSTRUMENTS + i) * stepUs * 0.9)
    const opened = 5 + noise(i) * 400
    const price = cents(opened * (1 + 0.02 * Math.sin(n / 40 + i) + 0.004 * noise(i * 31 + n)))
    const volume = Math.floor(1_000 * (1 + 900 * noise(i * 7)) * (n + 1))
    ticks.push({ instrumentId, ts, price, volume })
    const [open, high, low] = [cents(opened), cents(opened * 1.03), cents(opened * 0.97)]
    latest.push({
      ...{
        instrumentId,
        ts,
        last: price,
        bid: cents(price - 0.01),
        ask: cents(price + 0.01),
        bidSize: 300,
        askSize: 200,
      },
      ...{ day: { open, high, low, close: price, volume }, previousClose: cents(opened * 0.99) },
      ...{ sessionDate, feed: 'sip', delayedMinutes: 0, tsOrigin: 'vendor' },
    })
  }
  return { ticks, latest, at: start + stepUs }
}

export const batchOf = (m: Moment, source = 'polygon'): Batch => ({
  kind: 'ticks',
  source,
  feed: 'sip',
  fetchedAt: m.at,
  marketNow: m.at,
  ticks: m.ticks,
  latest: {
    rows: m.latest,
    sourceOrder: { default: ['polygon', 'alpaca', 'yahoo'] },
    cadenceUs: MINUTE_US,
  },
  sync: { scope: 'tier:full_universe', lastSync: m.at, nextSync: m.at + MINUTE_US, status: 'ok' },
})
