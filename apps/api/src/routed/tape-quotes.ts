// The newest quotes of the tape with their receipts, out of memory. What a row says is made into text once per change;
// an answer strings such pieces together and puts in what the clock alone decides: the age, and whether it is stale.
import { type Clock, SECOND_US } from '@onetape/market'
import type { LiveQuotes } from '../ports.ts'
import type { TapeAttempts } from './tape-attempts.ts'
import { createSymbolKeys } from './tape-keys.ts'
import { type Piece, pieceOf, quoteOf, textOf } from './tape-pieces.ts'
import type { TapeQuotesAnswer } from './tape-quotes-schema.ts'

export interface TapeQuotes {
  /** @param names symbols or keys. */
  read(names: readonly string[]): Promise<TapeQuotesAnswer>
  /** The same as JSON text. Waits for nothing when memory has it all; the same list again is not taken apart again. */
  json(names: readonly string[]): string | Promise<string>
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

/** A list of names in one moment. */
interface Answer {
  moment: Moment
  pieces: Piece[]
  unknown: string[]
}

interface Held {
  piece: Piece
  moment: Moment
  /** Whether its batch was in memory when the piece was made. */
  whole: boolean
}

export function createTapeQuotes({ quotes, attempts, marketClock }: TapeQuotesDeps): TapeQuotes {
  let moment: Moment = { cursor: '', second: -1 }
  const held = new Map<string, Held>()
  let answers = new WeakMap<readonly string[], Answer>()
  const keys = createSymbolKeys(() => quotes.latest().rows, marketClock)

  const now = (): Moment => {
    const { cursor } = quotes.latest([])
    const second = Math.floor(marketClock.now() / SECOND_US)
    if (moment.cursor === cursor && moment.second === second) return moment
    if (environmentOf(moment.cursor) !== environmentOf(cursor)) {
      held.clear()
      attempts.clear()
      keys.clear()
      answers = new WeakMap()
    }
    moment = { cursor, second }
    return moment
  }

  /** Level with memory: rows that did not change keep their text. @returns batches whose attempts are not in memory. */
  const refresh = (wanted: readonly string[], at: Moment): number[] => {
    const outdated = wanted.filter((key) => held.get(key)?.moment !== at)
    if (outdated.length === 0) return []
    const missing: number[] = []
    for (const row of quotes.latest(outdated).rows) {
      const before = held.get(row.key)
      const kept = attempts.held(row.batchId)
      const same = before?.piece.batchId === row.batchId && before.piece.staleAfterUs === row.staleAfterUs
      if (same && (before.whole || !kept)) before.moment = at
      else
        held.set(row.key, {
          piece: pieceOf(row, kept?.kept, marketClock),
          moment: at,
          whole: kept !== undefined,
        })
      if (!kept) missing.push(row.batchId)
    }
    return missing
  }

  const answerOf = (names: readonly string[], o: { tried: boolean }): Answer | Promise<Answer> => {
    const at = now()
    const known = answers.get(names)
    if (known?.moment === at) return known
    const wanted = keys.of(names)
    const missing = refresh([...wanted.keys()], at)
    if (missing.length > 0 && !o.tried) {
      for (const key of wanted.keys()) held.delete(key)
      return attempts.load(missing).then(() => answerOf(names, { tried: true }))
    }
    const answer: Answer = { moment: at, pieces: [], unknown: [] }
    for (const [key, name] of wanted) {
      const h = held.get(key)
      if (h?.moment === at) answer.pieces.push(h.piece)
      else answer.unknown.push(name)
    }
    answers.set(names, answer)
    return answer
  }

  const write = ({ pieces, unknown, moment: { cursor } }: Answer): string =>
    textOf({ pieces, unknown, cursor, now: marketClock.now() })

  return {
    json(names) {
      const answer = answerOf(names, { tried: false })
      return answer instanceof Promise ? answer.then(write) : write(answer)
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
