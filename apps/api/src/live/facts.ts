// What is known of the instruments, read once: a change of the tape brings numbers only.
import { type InstrumentFacts, type LatestMoves, type LatestView, latestView } from '@onetape/db'

export type ReadFacts = (request: { instrumentIds?: readonly number[] }) => Promise<InstrumentFacts[]>

export class FactBook {
  readonly #read: ReadFacts
  #facts = new Map<number, InstrumentFacts>()

  constructor(read: ReadFacts) {
    this.#read = read
  }

  /** Reads all anew: names change now and then, and another database has other instruments under the same ids. */
  async refresh(): Promise<void> {
    this.#facts = new Map((await this.#read({})).map((facts) => [facts.instrumentId, facts]))
  }

  /** Moves with their facts, each when it is asked for; instruments met for the first time are looked up together. */
  async complete(moves: LatestMoves): Promise<Iterable<LatestView>> {
    const known = this.#facts
    const strangers = moves.instrumentIds.filter((id) => !known.has(id))
    if (strangers.length > 0) {
      for (const facts of await this.#read({ instrumentIds: strangers })) known.set(facts.instrumentId, facts)
    }
    return viewsOf(moves, known)
  }
}

function* viewsOf(moves: LatestMoves, known: ReadonlyMap<number, InstrumentFacts>): Generator<LatestView> {
  for (const move of moves) {
    const facts = known.get(move.instrumentId)
    if (facts) yield latestView(facts, move)
  }
}
