import type { Db } from '../connect.ts'
import { type InstrumentFacts, readInstrumentFacts } from './read-instrument-facts.ts'
import { type LatestMove, type LatestScope, readLatestMoves } from './read-latest-moves.ts'

export interface LatestView extends LatestMove, InstrumentFacts {}

/** The latest row of every instrument, or of some, with what is known of the instrument; as `readLatestMoves`. */
export async function readLatest(db: Db, o: LatestScope = {}): Promise<LatestView[]> {
  const moves = await readLatestMoves(db, o)
  const { instrumentIds } = moves
  if (instrumentIds.length === 0) return []
  const facts = new Map((await readInstrumentFacts(db, { instrumentIds })).map((f) => [f.instrumentId, f]))
  return [...moves].flatMap((move) => {
    const known = facts.get(move.instrumentId)
    return known ? latestView(known, move) : []
  })
}

/** Field by field: thousands of rows are put together at each change, and spreading two objects takes ten times as long. */
export const latestView = (facts: InstrumentFacts, move: LatestMove): LatestView => ({
  instrumentId: facts.instrumentId,
  key: facts.key,
  symbol: facts.symbol,
  assetClass: facts.assetClass,
  name: facts.name,
  currency: facts.currency,
  batchId: move.batchId,
  ts: move.ts,
  fetchedAt: move.fetchedAt,
  source: move.source,
  feed: move.feed,
  delayedMinutes: move.delayedMinutes,
  tsOrigin: move.tsOrigin,
  last: move.last,
  bid: move.bid,
  ask: move.ask,
  bidSize: move.bidSize,
  askSize: move.askSize,
  dayOpen: move.dayOpen,
  dayHigh: move.dayHigh,
  dayLow: move.dayLow,
  dayClose: move.dayClose,
  volume: move.volume,
  previousClose: move.previousClose,
  sessionDate: move.sessionDate,
})
