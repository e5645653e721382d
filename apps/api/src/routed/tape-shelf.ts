// The quotes that were asked for, as pieces of text, level with memory. A row that did not change keeps its text.
import { type Clock, SECOND_US } from '@onetape/market'
import type { LiveQuotes } from '../ports.ts'
import type { TapeAttempts } from './tape-attempts.ts'
import { createSymbolKeys } from './tape-keys.ts'
import { type Piece, pieceOf } from './tape-pieces.ts'
import { SYMBOLS_MAX } from './tape-quotes-schema.ts'

/** Memory between two changes, for a second at most: whether a venue is open is asked anew in the next. */
export interface Moment {
  cursor: string
  second: number
}

/** The quote of one key. */
export interface Held {
  key: string
  /** Null while memory has no row of it. */
  piece: Piece | null
  /** When it was last compared with memory; in that moment it is there. */
  moment: Moment | null
  /** Whether its batch was in memory when the piece was made. */
  whole: boolean
  /** Of the list that named it last: a list names each instrument once. */
  mark: number
}

export interface Named {
  held: Held[]
  /** As they were asked by, in the same order. */
  names: string[]
}

export interface TapeShelfDeps {
  quotes: Pick<LiveQuotes, 'latest' | 'cursor'>
  attempts: TapeAttempts
  marketClock: Clock
}

export class TapeShelf {
  readonly #deps: TapeShelfDeps
  readonly #keys: ReturnType<typeof createSymbolKeys>
  readonly #held = new Map<string, Held>()
  /** By symbol and by key, as far as they were asked for and are there. */
  readonly #byName = new Map<string, Held>()
  #generation = -1
  #mark = 0
  #moment: Moment = { cursor: '', second: -1 }

  constructor(deps: TapeShelfDeps) {
    this.#deps = deps
    this.#keys = createSymbolKeys(() => deps.quotes.latest().rows, deps.marketClock)
  }

  /** The same object until something may have changed. */
  now(): Moment {
    const cursor = this.#deps.quotes.cursor()
    const second = Math.floor(this.#deps.marketClock.now() / SECOND_US)
    if (this.#moment.cursor === cursor && this.#moment.second === second) return this.#moment
    if (environmentOf(this.#moment.cursor) !== environmentOf(cursor)) this.#forget()
    this.#moment = { cursor, second }
    return this.#moment
  }

  /** Another number means that a symbol may mean another key now. */
  generation(): number {
    const generation = this.#keys.generation()
    if (generation !== this.#generation) this.#byName.clear()
    this.#generation = generation
    return generation
  }

  /**
   * The quotes that names mean, each once; null when there is one that is not on the shelf.
   * @param all look the others up as well.
   */
  find(names: readonly string[], all = false): Named | null {
    this.generation()
    const mark = ++this.#mark
    const named: Named = { held: [], names: [] }
    const fresh = new Map<string, Held>()
    for (const name of names) {
      const held = this.#byName.get(name) ?? (all ? this.#lookUp(name, fresh) : null)
      if (!held) return null
      if (held.mark === mark) continue
      held.mark = mark
      named.held.push(held)
      named.names.push(name)
    }
    return names.length > 0 && names.length <= SYMBOLS_MAX ? named : null
  }

  /** Brings them level with memory. @returns batches whose attempts are not in memory. */
  refresh(wanted: readonly Held[], at: Moment): number[] {
    const outdated = wanted.filter((held) => held.moment !== at)
    if (outdated.length === 0) return []
    const byKey = new Map(outdated.map((held) => [held.key, held]))
    const { quotes, attempts, marketClock } = this.#deps
    const missing: number[] = []
    for (const row of quotes.latest([...byKey.keys()]).rows) {
      const held = byKey.get(row.key)!
      const kept = attempts.held(row.batchId)
      const same = held.piece?.batchId === row.batchId && held.piece.staleAfterUs === row.staleAfterUs
      if (!same || (!held.whole && kept)) {
        held.piece = pieceOf(row, kept?.kept, marketClock)
        held.whole = kept !== undefined
      }
      held.moment = at
      this.#held.set(row.key, held)
      if (!kept) missing.push(row.batchId)
    }
    return missing
  }

  keysOf(names: readonly string[]): Map<string, string> {
    return this.#keys.of(names)
  }

  #lookUp(name: string, fresh: Map<string, Held>): Held {
    const key = this.#keys.keyOf(name)
    const known = this.#held.get(key) ?? fresh.get(key)
    // Only names as the tape writes them are kept: there is no end of others.
    if (known && (name === key || name === known.piece?.symbol)) this.#byName.set(name, known)
    if (known) return known
    const held: Held = { key, piece: null, moment: null, whole: false, mark: 0 }
    fresh.set(key, held)
    return held
  }

  #forget(): void {
    this.#held.clear()
    this.#byName.clear()
    this.#keys.clear()
    this.#deps.attempts.clear()
  }
}

/** An event id begins with its environment; batches of another one say nothing here. */
const environmentOf = (cursor: string): string => cursor.split('.')[0]!
