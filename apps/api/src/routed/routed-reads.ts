// Keys in, receipts out: the router's answers for instruments of this tape, by the house's sources or by a user's.
import {
  type Db,
  type Instrument,
  readAttemptsOfBatches,
  readBatchAttempts,
  readStoredReceipts,
} from '@onetape/db'
import { type Clock, DAY_US, isIntraday, timeframeMicros } from '@onetape/market'
import type { Attempt, ExplainQuestion, Router } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import type { LiveQuotes } from '../ports.ts'
import type { CallLog } from './call-log.ts'
import type { InstrumentBook } from './instrument-book.ts'
import type {
  ExplainQuery,
  ProvidersReport,
  RoutedBarsQuery,
  RoutedQuestions,
  RoutedReads,
} from './reports.ts'
import { storedReceipt } from './stored-receipts.ts'
import { createTapeAttempts } from './tape-attempts.ts'
import { createTapeQuotes } from './tape-quotes.ts'
import { tapeReceipt } from './tape-receipt.ts'

export interface RoutedDeps {
  db: Db
  router: Router
  book: InstrumentBook
  calls: CallLog
  quotes: Pick<LiveQuotes, 'quote' | 'latest' | 'cursor'>
  marketClock: Clock
  providers(userId: string | null): Promise<ProvidersReport>
}

export function routedReads(deps: RoutedDeps): RoutedReads {
  const { db, book, quotes, marketClock } = deps
  return {
    ...routedQuestions(deps, null),
    forUser: (userId) => routedQuestions(deps, userId),

    async receipt(key) {
      const row = quotes.quote(key)
      if (!row) return null
      return tapeReceipt(row, await readBatchAttempts(db, row.batchId).catch(() => null), marketClock)
    },

    async receipts({ key, limit }) {
      const instrument = await book.byKey(key)
      if (!instrument) return null
      const ticks = await readStoredReceipts(db, { instrumentId: instrument.id, limit })
      return ticks.map((tick) => storedReceipt(instrument, tick, marketClock))
    },

    held: createTapeQuotes({
      quotes,
      attempts: createTapeAttempts((batchIds) => readAttemptsOfBatches(db, batchIds)),
      marketClock,
    }),
  }
}

/** @param userId null for the house. */
function routedQuestions(deps: RoutedDeps, userId: string | null): RoutedQuestions {
  const { router, book, marketClock } = deps
  const asker = { userId, priority: 'user' } as const
  const note = (attempts: readonly Attempt[]) => deps.calls.note(attempts, userId)
  const noted = <A extends { receipt: { attempts: Attempt[] }; cached: boolean }>(answer: A): A => {
    if (!answer.cached) note(answer.receipt.attempts)
    return answer
  }
  const known = async (key: string) => (await book.byKey(key)) ?? null
  return {
    async quote(key, signal) {
      const instrument = await known(key)
      if (!instrument) return null
      const answer = await router.quotes({ ...asker, refs: [refOf(instrument)], signal })
      if (!answer.cached) note(answer.attempts)
      const { value, receipt } = answer.rows[0]!
      return { quote: value, receipt }
    },

    async snapshot(keys, signal) {
      const found = await Promise.all(keys.map((key) => book.byKey(key)))
      const absent = keys.filter((_, i) => !found[i])
      if (absent.length > 0) throw unknownKeys(absent)
      const answer = await router.snapshots({ ...asker, refs: found.map((i) => refOf(i!)), signal })
      if (!answer.cached) note(answer.attempts)
      return {
        rows: answer.rows.map(({ value, receipt }, i) => ({ key: keys[i]!, snapshot: value, receipt })),
      }
    },

    async bars(query, signal) {
      const instrument = await known(query.key)
      if (!instrument) return null
      const range = rangeOf(query, marketClock.now())
      const { timeframe, basis, limit } = query
      const answer = noted(
        await router.bars({ ...asker, ref: refOf(instrument), timeframe, basis, ...range, signal }),
      )
      return { bars: (answer.value ?? []).slice(-limit), receipt: answer.receipt }
    },

    async fundamentals(key, signal) {
      const instrument = await known(key)
      if (!instrument) return null
      const { value, receipt } = noted(
        await router.fundamentals({ ...asker, ref: refOf(instrument), signal }),
      )
      return { fundamentals: value, receipt }
    },

    async optionsChain({ key, expiry }, signal) {
      const instrument = await known(key)
      if (!instrument) return null
      const question = { ...asker, ref: refOf(instrument), ...(expiry ? { expiry } : {}), signal }
      const { value, receipt } = noted(await router.optionsChain(question))
      return { chain: value, receipt }
    },

    async explain(query) {
      const instrument = await known(query.key)
      return (
        instrument && router.explain(explainQuestion(instrument, { ...query, userId }, marketClock.now()))
      )
    },

    providers: () => deps.providers(userId),
  }
}

const refOf = ({ assetClass, symbol }: Instrument) => ({ assetClass, symbol })

const NEEDS = { quotes: 'quote', fundamentals: 'fundamentals', options: 'options' } as const

function explainQuestion(
  instrument: Instrument,
  query: ExplainQuery & { userId: string | null },
  now: number,
): ExplainQuestion {
  const about = { userId: query.userId, priority: 'user' as const, ref: refOf(instrument) }
  if (query.kind !== 'charts') return { ...about, need: NEEDS[query.kind] }
  const timeframe = query.timeframe ?? '1d'
  return {
    ...about,
    need: 'bars',
    timeframe,
    basis: query.basis,
    ...rangeOf({ ...query, timeframe, limit: 300 }, now),
  }
}

/** A range that nobody gave reaches back as far as `limit` bars need, closed hours and all. */
function rangeOf(
  { timeframe, from, to, limit }: Pick<RoutedBarsQuery, 'timeframe' | 'from' | 'to' | 'limit'>,
  now: number,
): { from: number; to: number } {
  const until = to ?? now + 1
  if (from !== undefined) return { from, to: until }
  const lengthUs = isIntraday(timeframe)
    ? timeframeMicros(timeframe) * 4
    : (BAR_DAYS[timeframe] ?? 31) * DAY_US
  return { from: Math.max(0, until - limit * lengthUs - 4 * DAY_US), to: until }
}

const BAR_DAYS: Readonly<Record<string, number>> = { '1d': 1.5, '1w': 7 }

const unknownKeys = (keys: readonly string[]): ApiProblem =>
  new ApiProblem(
    'not_found',
    `The tape has no instrument ${keys.map((k) => `"${k}"`).join(', ')}. Search by symbol or name to find its key.`,
  )
