// The newest quotes of the tape with their receipts, out of memory. What a row says is made into text once per change;
// an answer strings such pieces together and puts in what the clock alone decides: the age, and whether it is stale.
import { type Clock, SECOND_US } from '@onetape/market'
import type { LiveQuotes } from '../ports.ts'
import type { TapeAttempts } from './tape-attempts.ts'
import { type Keeper, type Lent, TapeBuffers } from './tape-buffers.ts'
import { createSymbolKeys } from './tape-keys.ts'
import { type Piece, pieceOf, quoteOf } from './tape-pieces.ts'
import type { TapeQuotesAnswer } from './tape-quotes-schema.ts'
import { TapeText } from './tape-text.ts'

export interface TapeQuotes {
  /** @param names symbols or keys. */
  read(names: readonly string[]): Promise<TapeQuotesAnswer>
  /** The same as JSON. Waits for nothing when memory has it all; the same list again is not taken apart again. */
  json(names: readonly string[]): Lent | Promise<Lent>
}

export interface TapeQuotesDeps {
  quotes: Pick<LiveQuotes, 'latest'>
  attempts: TapeAttempts
  marketClock: Clock
}

/** Memory between two changes, for a second at most: whether a venue is open is asked anew in the next. */
interface Moment {
  cursor: string
  second: number
}

/** The quote of one key. */
interface Held {
  key: string
  /** Null while memory has no row of it. */
  piece: Piece | null
  /** When it was last compared with memory. */
  moment: Moment | null
  /** Whether its batch was in memory when the piece was made. */
  whole: boolean
}

/** What is said to a list of names in one moment. */
interface Answer extends Keeper {
  moment: Moment
}

interface List {
  /** Of the names' keys; null once they should be looked up anew. */
  held: { names: readonly string[]; quotes: readonly Held[]; generation: number } | null
  answer: Answer | null
}

export function createTapeQuotes({ quotes, attempts, marketClock }: TapeQuotesDeps): TapeQuotes {
  let moment: Moment = { cursor: '', second: -1 }
  const held = new Map<string, Held>()
  let lists = new WeakMap<readonly string[], List>()
  const buffers = new TapeBuffers()
  const keys = createSymbolKeys(() => quotes.latest().rows, marketClock)

  const now = (): Moment => {
    const { cursor } = quotes.latest([])
    const second = Math.floor(marketClock.now() / SECOND_US)
    if (moment.cursor === cursor && moment.second === second) return moment
    if (environmentOf(moment.cursor) !== environmentOf(cursor)) {
      held.clear()
      attempts.clear()
      keys.clear()
      lists = new WeakMap()
    }
    moment = { cursor, second }
    return moment
  }

  /** The quotes that a list names. A name that meant nothing is looked up anew every time. */
  const quotesOf = (list: List, names: readonly string[]): NonNullable<List['held']> => {
    if (list.held && list.held.generation === keys.generation()) return list.held
    const wanted = keys.of(names)
    const found = [...wanted.keys()].map(
      (key): Held => held.get(key) ?? { key, piece: null, moment: null, whole: false },
    )
    list.held = { names: [...wanted.values()], quotes: found, generation: keys.generation() }
    return list.held
  }

  /** Level with memory: rows that did not change keep their text. @returns batches whose attempts are not in memory. */
  const refresh = (wanted: readonly Held[], at: Moment): number[] => {
    const outdated = new Map<string, Held>()
    for (const h of wanted) if (h.moment !== at) outdated.set(h.key, h)
    if (outdated.size === 0) return []
    const missing: number[] = []
    for (const row of quotes.latest([...outdated.keys()]).rows) {
      const h = outdated.get(row.key)!
      const kept = attempts.held(row.batchId)
      const same = h.piece?.batchId === row.batchId && h.piece.staleAfterUs === row.staleAfterUs
      if (!same || (!h.whole && kept)) {
        h.piece = pieceOf(row, kept?.kept, marketClock)
        h.whole = kept !== undefined
      }
      h.moment = at
      held.set(row.key, h)
      if (!kept) missing.push(row.batchId)
    }
    return missing
  }

  const answerOf = (names: readonly string[], o: { tried: boolean }): Answer | Promise<Answer> => {
    const at = now()
    const list = lists.get(names) ?? { held: null, answer: null }
    lists.set(names, list)
    if (list.answer?.moment === at) return list.answer
    const asked = quotesOf(list, names)
    const missing = refresh(asked.quotes, at)
    if (missing.length > 0 && !o.tried) {
      for (const h of asked.quotes) h.moment = null
      return attempts.load(missing).then(() => answerOf(names, { tried: true }))
    }
    const isThere = (h: Held) => h.moment === at
    const pieces = asked.quotes.filter(isThere).map((h) => h.piece!)
    const unknown = asked.names.filter((_, i) => !isThere(asked.quotes[i]!))
    if (unknown.length > 0) list.held = null
    if (list.answer) buffers.retire(list.answer)
    const text = new TapeText({ cursor: at.cursor, pieces, unknown })
    list.answer = { moment: at, text, times: 0, own: null, isOut: false }
    return list.answer
  }

  const lend = (answer: Answer): Lent => buffers.lend(answer, marketClock.now())

  return {
    json(names) {
      const answer = answerOf(names, { tried: false })
      return answer instanceof Promise ? answer.then(lend) : lend(answer)
    },

    async read(names) {
      const wanted = keys.of(names)
      const before = quotes.latest([...wanted.keys()]).rows
      await attempts.load(before.map((row) => row.batchId))
      const { cursor, rows } = quotes.latest([...wanted.keys()])
      const byKey = new Map(rows.map((row) => [row.key, row]))
      const found = [...wanted.keys()].flatMap((key) => byKey.get(key) ?? [])
      return {
        cursor,
        quotes: found.map((row) => quoteOf(row, attempts.held(row.batchId)?.kept, marketClock)),
        unknown: [...wanted].flatMap(([key, name]) => (byKey.has(key) ? [] : name)),
      }
    },
  }
}

/** An event id begins with its environment; batches of another one say nothing here. */
const environmentOf = (cursor: string): string => cursor.split('.')[0]!
