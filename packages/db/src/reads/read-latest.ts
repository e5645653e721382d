import type { Db } from '../connect.ts'
import { type InstrumentFacts, readInstrumentFacts } from './read-instrument-facts.ts'
import { type LatestMove, type LatestScope, readLatestMoves } from './read-latest-moves.ts'

export interface LatestView extends LatestMove, InstrumentFacts {}

/** The latest row of every instrument, or of some, with what is known of the instrument; as `readLatestMoves`. */
export async function readLatest(db: Db, o: LatestScope = {}): Promise<LatestView[]> {
  const moves = await readLatestMoves(db, o)
  if (moves.length === 0) return []
  const instrumentIds = moves.map((move) => move.instrumentId)
  const facts = new Map((await readInstrumentFacts(db, { instrumentIds })).map((f) => [f.instrumentId, f]))
  return moves.flatMap((move) => {
    const known = facts.get(move.instrumentId)
    return known ? { ...known, ...move } : []
  })
}
