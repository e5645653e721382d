// The router: a question goes down the user's sources until one answers, and comes back with its receipt.
import type { Bar, Clock, Fundamentals, Quote, Snapshot, SymbolRef } from '@onetape/market'
import { realTimers, type Timers } from '../stream/timers.ts'
import { givenAgain, type OneAnswer, type RowsAnswer } from './answer.ts'
import { AnswerCache } from './answer-cache.ts'
import { type Decision, type ExplainQuestion, explainRoute } from './explain.ts'
import { type HealthBoard, healthKeyOf } from './health-board.ts'
import { openRoute, type Question, type Route, type RouterParts } from './parts.ts'
import { KIND_OF_NEED, type Need } from './plan.ts'
import type { BudgetPort, PreferencesPort, SourcesPort, TapePort } from './ports.ts'
import { type RowsQuestion, routeQuotes, routeSnapshots } from './rows.ts'
import { type BarsQuestion, routeBars } from './series.ts'
import {
  type FundamentalsQuestion,
  type OptionsChainValue,
  type OptionsQuestion,
  routeFundamentals,
  routeOptionsChain,
} from './single.ts'

/** How long an answer may be given again where a question does not say, in milliseconds. */
export const CACHE_MS: Readonly<Record<Need, number>> = {
  quote: 1_000,
  snapshot: 1_000,
  bars: 5_000,
  fundamentals: 600_000,
  options: 5_000,
}

export interface RouterOptions {
  sources: SourcesPort
  preferences: PreferencesPort
  health: HealthBoard
  budget?: BudgetPort
  tape?: TapePort
  marketClock: Clock
  wallClock: Clock
  timers?: Timers
  /** Wall time for one routing where the question does not say. */
  deadlineMs?: number
  cacheMs?: Partial<Record<Need, number>>
  /** Rows that the short-lived cache may hold. */
  cacheRowsMax?: number
  onDefect?: (error: unknown) => void
}

/**
 * Answers are shared between callers: never change one. A question never throws because vendors fail: the value is
 * null then, and the receipt says why. It rejects with the signal's reason when the caller goes away.
 */
export interface Router {
  quotes(question: RowsQuestion): Promise<RowsAnswer<Quote>>
  snapshots(question: RowsQuestion): Promise<RowsAnswer<Snapshot>>
  bars(question: BarsQuestion): Promise<OneAnswer<Bar[]>>
  fundamentals(question: FundamentalsQuestion): Promise<OneAnswer<Fundamentals>>
  optionsChain(question: OptionsQuestion): Promise<OneAnswer<OptionsChainValue>>
  /** Which source would serve and why each other would not; no call is spent. */
  explain(question: ExplainQuestion): Promise<Decision>
}

export function createRouter(options: RouterOptions): Router {
  const { deadlineMs = 8_000, timers = realTimers, cacheRowsMax = 200_000, cacheMs, ...rest } = options
  const parts: RouterParts = { ...rest, deadlineMs, timers }
  const cache = new AnswerCache({ wallClock: parts.wallClock, weightMax: cacheRowsMax })
  const ttlMs = { ...CACHE_MS, ...cacheMs }

  /** The answer from the cache, from somebody's flight, or by a flight of its own. */
  const shared = async <Q extends Question, A>(need: Need, question: Q, o: Shared<Q, A>): Promise<A> => {
    const { userId, deadlineMs, signal } = question
    const { refs } = o
    const route = await openRoute(parts, { userId, kind: KIND_OF_NEED[need], refs, deadlineMs })
    const { answer, again } = await cache.through<A>({
      key: keyOf(route, { need, question, refs }),
      ttlMs: question.cacheMs ?? ttlMs[need],
      signal,
      make: (flight) => o.route(route, { ...question, signal: flight }),
      weigh: o.weigh,
    })
    if (!again) return answer
    return o.again(answer, { answeredAt: parts.marketClock.now(), tookMs: route.deadline.tookMs })
  }
  const rows = <T>(need: Need, question: RowsQuestion, route: typeof routeQuotes | typeof routeSnapshots) =>
    shared<RowsQuestion, RowsAnswer<T>>(need, question, {
      refs: question.refs,
      route: route as (route: Route, question: RowsQuestion) => Promise<RowsAnswer<T>>,
      weigh: (answer) => (answer.rows.every(isLive) ? answer.rows.length : null),
      again: (answer, now) => ({
        ...answer,
        rows: answer.rows.map((row) => givenAgain(row, now)),
        cached: true,
      }),
    })
  const one = <Q extends Question & { ref: SymbolRef }, T>(
    need: Need,
    question: Q,
    o: { route: (route: Route, question: Q) => Promise<OneAnswer<T>>; rowsIn: (value: T) => number },
  ) =>
    shared<Q, OneAnswer<T>>(need, question, {
      refs: [question.ref],
      route: o.route,
      weigh: (answer) => (isLive(answer) && answer.value !== null ? 1 + o.rowsIn(answer.value) : null),
      again: (answer, now) => ({ ...givenAgain(answer, now), cached: true }),
    })

  return {
    quotes: (question) => rows<Quote>('quote', question, routeQuotes),
    snapshots: (question) => rows<Snapshot>('snapshot', question, routeSnapshots),
    bars: (question) => one('bars', question, { route: routeBars, rowsIn: (bars) => bars.length }),
    fundamentals: (question) =>
      one('fundamentals', question, { route: routeFundamentals, rowsIn: ({ periods }) => periods.length }),
    optionsChain: (question) =>
      one('options', question, { route: routeOptionsChain, rowsIn: ({ contracts }) => contracts.length }),
    explain: (question) => explainRoute(parts, question),
  }
}

interface Shared<Q, A> {
  refs: readonly SymbolRef[]
  route(route: Route, question: Q): Promise<A>
  weigh(answer: A): number | null
  again(answer: A, now: { answeredAt: number; tookMs: number }): A
}

const isLive = ({ receipt }: { receipt: { freshness: string | null } }) => receipt.freshness === 'live'

/** Everything that an answer depends on. What was bought by one user stays that user's: the key then names them. */
function keyOf(
  route: Route,
  { need, question, refs }: { need: Need; question: Question; refs: readonly SymbolRef[] },
): string {
  const { userId, signal: _signal, cacheMs: _cacheMs, ...asked } = question
  const classes = [...new Set(refs.map((ref) => ref.assetClass))]
  const candidates = classes.map((assetClass) => {
    const { sources, order } = route.candidatesOf(assetClass)
    const own = sources.some(({ owner }) => owner === 'user')
    return [
      order,
      own ? userId : null,
      sources.map((source) => [healthKeyOf(source), source.tier, source.state]),
    ]
  })
  return JSON.stringify([need, asked, candidates, refs.map((ref) => route.pinOf(ref) ?? 0)])
}
