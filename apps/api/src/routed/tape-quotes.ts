// The newest quotes of the tape with their receipts, out of memory. What a row says is made into bytes once per change;
// an answer puts such pieces together with what the clock alone decides: the age, and whether it is stale.
import type { Micros } from '@onetape/market'
import { type Keeper, type Lent, TapeBuffers } from './tape-buffers.ts'
import { TapeLists } from './tape-lists.ts'
import { type Piece, quoteOf } from './tape-pieces.ts'
import { type TapeQuotesAnswer, tapeQuotesInput } from './tape-quotes-schema.ts'
import { type Moment, type Named, TapeShelf, type TapeShelfDeps } from './tape-shelf.ts'
import { TapeText } from './tape-text.ts'

export interface TapeQuotes {
  /** @param names symbols or keys. */
  read(names: readonly string[]): Promise<TapeQuotesAnswer>
  /**
   * The same as JSON. Waits for nothing when memory has it all; a list that is asked for again and again is taken apart
   * once. @param list names, parted by commas. @throws ZodError when it is none.
   */
  json(list: string): Lent | Promise<Lent>
}

/** Answers in which nothing but the clock would differ say the same time for so long. */
const SAME_TIME_US = 50_000

/** What is said to a list of names in one moment. */
interface Answer extends Keeper {
  moment: Moment
}

/** A list that is asked for again. */
interface List {
  named: Named
  /** Of the names, when they were looked up. */
  generation: number
  answer: Answer | null
}

export function createTapeQuotes(deps: TapeShelfDeps): TapeQuotes {
  const { quotes, attempts, marketClock } = deps
  const shelf = new TapeShelf(deps)
  const buffers = new TapeBuffers()
  const lists = new TapeLists<List>((list) => list.answer && buffers.retire(list.answer))

  const namesIn = (text: string): Named => {
    const names = text === '' ? [] : text.split(',')
    // Names that are on the shelf are in order; the schema says what is wrong with others.
    return shelf.find(names) ?? shelf.find(tapeQuotesInput.parse({ symbols: names }).symbols, true)!
  }

  /** What `named` comes to in this moment, or what of the ledger it lacks. */
  const gather = (
    named: Named,
    at: Moment,
    tried: boolean,
  ): { pieces: Piece[]; unknown: string[] } | number[] => {
    const missing = shelf.refresh(named.held, at)
    if (missing.length > 0 && !tried) {
      for (const held of named.held) held.moment = null
      return missing
    }
    const pieces: Piece[] = []
    const unknown: string[] = []
    for (let i = 0; i < named.held.length; i++) {
      const { moment, piece } = named.held[i]!
      if (moment === at && piece) pieces.push(piece)
      else unknown.push(named.names[i]!)
    }
    return { pieces, unknown }
  }

  const answerOf = (text: string, tried: boolean): Answer | Promise<Answer> => {
    const at = shelf.now()
    const list = lists.get(text)
    if (list?.answer?.moment === at) return list.answer
    const named = list && list.generation === shelf.generation() ? list.named : namesIn(text)
    const found = gather(named, at, tried)
    if (Array.isArray(found)) return attempts.load(found).then(() => answerOf(text, true))
    const { pieces, unknown } = found
    const before = list?.answer
    if (
      before &&
      before.moment.cursor === at.cursor &&
      isSame(before.text.pieces, pieces) &&
      unknown.length === 0
    ) {
      before.moment = at
      return before
    }
    const answer: Answer = {
      moment: at,
      text: new TapeText({ cursor: at.cursor, pieces, unknown }),
      ...{ times: 0, own: null, isOut: false, writtenAt: 0 },
    }
    if (before) buffers.retire(before)
    // A name that meant nothing is looked up anew every time.
    lists.note(text, { named, generation: unknown.length > 0 ? -1 : shelf.generation(), answer })
    return answer
  }

  let said: { moment: Moment; at: Micros } | null = null
  /** So that a list that is asked for often is mostly sent as it lies there. What has changed is answered with the time. */
  const timeIn = (moment: Moment): Micros => {
    const now = marketClock.now()
    const isLevel = said?.moment === moment && now >= said.at && now - said.at < SAME_TIME_US
    if (!isLevel) said = { moment, at: now }
    return said!.at
  }
  const lend = (answer: Answer): Lent => buffers.lend(answer, timeIn(answer.moment))

  return {
    json(list) {
      const answer = answerOf(list, false)
      return answer instanceof Promise ? answer.then(lend) : lend(answer)
    },

    async read(names) {
      const wanted = shelf.keysOf(names)
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

function isSame(a: readonly Piece[], b: readonly Piece[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
