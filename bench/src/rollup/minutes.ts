// Batches of the benchmark: a tick and a minute bar of every instrument.
import type { BarRow, Batch, TickRow } from '@onetape/db'
import { MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import { noise } from '../ingest/market.ts'

export interface Picture {
  ticks: TickRow[]
  bars: BarRow[]
  at: Micros
}

const cents = (n: number) => Math.round(n * 100) / 100

/** @param o.second of the minute; the minute's bar is final in its last second alone. */
export function picture(
  ids: readonly number[],
  o: { open: Micros; minute: number; second?: number },
): Picture {
  const { open, minute, second = 59 } = o
  const ts = open + minute * MINUTE_US
  const at = ts + second * SECOND_US
  const ticks: TickRow[] = []
  const bars: BarRow[] = []
  for (const [i, instrumentId] of ids.entries()) {
    const price = cents(50 + 10 * noise(i * 31 + minute * 60 + second))
    ticks.push({ instrumentId, ts: at + i, price, volume: (minute + 1) * 1000 + second })
    bars.push({
      ...{ instrumentId, timeframe: '1m', ts, basis: 'raw', final: second === 59 },
      ...{ open: cents(price - 0.1), high: cents(price + 0.5), low: cents(price - 0.5), close: price },
      volume: 900 + second,
    })
  }
  return { ticks, bars, at: at + SECOND_US }
}

export const batchOf = ({ ticks, bars, at }: Picture): Batch => ({
  ...{ kind: 'ticks', source: 'polygon', feed: 'sip', fetchedAt: at, marketNow: at, ticks, bars },
})
