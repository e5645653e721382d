// Moves a real tape: whole batches through `writeBatch`, as the daemon's pipeline writes them.
import { type Db, type Instrument, mintInstruments, writeBatch } from '@onetape/db'
import { MINUTE_US } from '@onetape/market'
import { machineMs } from '../sweep/bench-child.ts'
import { type FanShape, movedIn, symbolOf, viewOf } from './fan-shape.ts'

export interface TapeFeeder {
  /** Writes the next batch. @returns its ledger id, and when its commit was known here. */
  next(): Promise<{ batchId: number; closedMs: number }>
}

export async function tapeFeeder(db: Db, shape: FanShape): Promise<TapeFeeder> {
  const minted = await mintInstruments(
    db,
    Array.from({ length: shape.instruments }, (_, i) => ({
      ref: { assetClass: 'equity' as const, symbol: symbolOf(i) },
      name: `Some Company ${i} Incorporated`,
    })),
  )
  const ids = new Map(minted.map((instrument: Instrument) => [instrument.symbol, instrument.id]))
  const everything = Array.from({ length: shape.instruments }, (_, i) => i)
  let n = 0
  const write = async (moved: readonly number[]) => {
    n += 1
    const views = moved.map((i) => ({ ...viewOf(i, n, 0), instrumentId: ids.get(symbolOf(i))! }))
    const { fetchedAt } = views[0]!
    const { batchId } = await writeBatch(db, {
      ...{ kind: 'ticks', source: 'polygon', feed: 'delayed', fetchedAt, marketNow: fetchedAt },
      ticks: views.map(({ instrumentId, ts, last, volume }) => ({ instrumentId, ts, price: last, volume })),
      latest: {
        sourceOrder: { default: ['polygon'] },
        cadenceUs: MINUTE_US,
        rows: views.map((v) => ({
          ...v,
          day: { open: v.dayOpen!, high: v.dayHigh!, low: v.dayLow!, close: v.dayClose!, volume: v.volume! },
        })),
      },
    })
    return { batchId: batchId!, closedMs: machineMs() }
  }
  await write(everything)
  return { next: () => write(movedIn(shape, n)) }
}
