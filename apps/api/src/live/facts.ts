// What is known of the instruments, read once: a change of the tape brings numbers only.
import { type InstrumentFacts, type LatestMove, type LatestView, latestView } from '@onetape/db'

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

  /** Moves with their facts; instruments met for the first time are looked up together. */
  async complete(moves: readonly LatestMove[]): Promise<LatestView[]> {
    const known = this.#facts
    const strangers = moves.map((m) => m.instrumentId).filter((id) => !known.has(id))
    if (strangers.length > 0) {
      for (const facts of await this.#read({ instrumentIds: strangers })) known.set(facts.instrumentId, facts)
    }
    return moves.flatMap((move) => {
      const facts = known.get(move.instrumentId)
      return facts ? latestView(facts, move) : []
    })
  }
}
