// Moves demo's market clock forward: the tape first, so that every process hears of it and the span is on record.
import { type Db, ensurePartitions, writeMarketShift } from '@onetape/db'
import type { Clock, Micros } from '@onetape/market'
import type { MarketClock } from './market-clock.ts'

export async function moveMarket(
  deps: { db: Db; wall: Clock; market: MarketClock },
  to: Micros,
): Promise<{ from: Micros; shiftUs: number }> {
  const from = deps.market.now()
  const shiftUs = to - deps.wall.now()
  // Rows of the new day must find their partition, whoever writes first.
  await ensurePartitions(deps.db, { marketNow: to })
  await writeMarketShift(deps.db, { shiftUs, from, to })
  deps.market.grow(shiftUs)
  return { from, shiftUs }
}
