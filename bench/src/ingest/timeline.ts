// Where the time of a batch goes, seen from outside: when its statements left and when they were answered.
import type { Db } from '@onetape/db'
import type { PoolClient } from 'pg'
import { type BenchCase, median, spreadOf } from '../report.ts'

interface Statement {
  text: string
  from: number
  to: number
}

/** One batch: milliseconds since its write began. */
interface Batch {
  ms: number
  statements: Statement[]
}

const isCopy = ({ text }: Statement) => text.startsWith('copy')
const isUpdate = ({ text }: Statement) => text.startsWith('update market_data_latest')
const longest = (statements: Statement[]) => Math.max(...statements.map(({ from, to }) => to - from))

const PHASES: readonly { words: string; of: (batch: Batch) => number }[] = [
  {
    words: 'until the first part is sent (checks, intent, locks, what is new)',
    of: ({ statements }) => Math.min(...statements.filter(isCopy).map((s) => s.from)),
  },
  { words: 'COPY of a part beside the other', of: ({ statements }) => longest(statements.filter(isCopy)) },
  {
    words: 'update of latest, a part beside the other',
    of: ({ statements }) => longest(statements.filter(isUpdate)),
  },
  {
    words: 'after the last update (heads, sync, ledger, flush)',
    of: ({ ms, statements }) => ms - Math.max(...statements.filter(isUpdate).map((s) => s.to)),
  },
]

export class Timeline {
  readonly #batches: Batch[] = []
  readonly #watched = new WeakSet<PoolClient>()
  #open: Statement[] | null = null

  constructor(db: Db) {
    db.pool.on('acquire', (client) => this.#watch(client))
  }

  /** A write in parts. */
  async of<T>(write: () => Promise<T>): Promise<T> {
    const statements: Statement[] = []
    const startedAt = performance.now()
    this.#open = statements
    const result = await write()
    this.#open = null
    const ms = performance.now() - startedAt
    const inBatch = statements.map((s) => ({ ...s, from: s.from - startedAt, to: s.to - startedAt }))
    if (inBatch.some(isCopy) && inBatch.some(isUpdate)) this.#batches.push({ ms, statements: inBatch })
    return result
  }

  cases(): BenchCase[] {
    return PHASES.map(({ words, of }) => {
      const values = this.#batches.map(of)
      return {
        case: `profile: ${words}`,
        value: median(values),
        unit: 'ms',
        ...{ control: null, ratio: null, spread: spreadOf(values), aim: 'printed', holds: true },
      }
    })
  }

  #watch(client: PoolClient): void {
    if (this.#watched.has(client)) return
    this.#watched.add(client)
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const watched = (...args: unknown[]): unknown => {
      const statement = { text: textOf(args[0]), from: performance.now(), to: Number.NaN }
      const answer = query(...args)
      const end = () => {
        statement.to = performance.now()
      }
      if (answer instanceof Promise) answer.then(end, end)
      else (answer as NodeJS.EventEmitter | undefined)?.once?.('finish', end)
      this.#open?.push(statement)
      return answer
    }
    client.query = watched as PoolClient['query']
  }
}

/** Of a text, of a prepared statement, or of a COPY. */
const textOf = (asked: unknown): string =>
  typeof asked === 'string' ? asked : String((asked as { text?: unknown } | null)?.text ?? '')
