// Company figures and options chains: one symbol, one source's answer, taken whole. The tape keeps neither.
import type { Fundamentals, OptionQuote, SymbolRef } from '@onetape/market'
import type { CallOptions, Fetched, OptionsChain } from '../contract.ts'
import { currencyOf, type Facts, type OneAnswer, receiptOf, refKey } from './answer.ts'
import { healthScopeOf } from './health-board.ts'
import { planFor, type Question, type Route, routingOf } from './parts.ts'
import { KIND_OF_NEED, type TryStep } from './plan.ts'
import { type Verdict, walk } from './walk.ts'

export interface FundamentalsQuestion extends Question {
  ref: SymbolRef
}

export interface OptionsQuestion extends Question {
  /** The underlying. */
  ref: SymbolRef
  /** `YYYY-MM-DD`; absent for the nearest that the vendor lists. */
  expiry?: string
}

/** One expiry of a chain, as one source lists it. */
export type OptionsChainValue = Pick<
  OptionsChain,
  'underlying' | 'underlyingLast' | 'expirations' | 'expiry'
> & {
  contracts: OptionQuote[]
}

/** What a fetched answer holds, or why it holds nothing. */
type Found<T> =
  | { value: T; facts: Pick<Facts, 'feed' | 'delayedMinutes' | 'ts' | 'tsOrigin' | 'currency'> }
  | string

interface SingleShape<A, T> {
  need: 'fundamentals' | 'options'
  ref: SymbolRef
  ask(step: TryStep, call: CallOptions): Promise<A>
  find(answer: A, step: TryStep): Found<T>
}

export const routeFundamentals = (route: Route, question: FundamentalsQuestion) =>
  routeSingle<Fetched<Fundamentals>, Fundamentals>(route, question, {
    need: 'fundamentals',
    ref: question.ref,
    ask: ({ provider }, call) => provider.getFundamentals!({ ref: question.ref }, call),
    find({ rows }, { access, name }) {
      const row = rows.find((r) => refKey(r) === refKey(question.ref))
      if (!row || (row.periods.length === 0 && Object.keys(row.current).length === 0))
        return `${name} has no company figures of ${question.ref.symbol}`
      const { feed, ts, tsOrigin, currency } = row
      return { value: row, facts: { feed, ts, tsOrigin, currency, delayedMinutes: access.delayedMinutes } }
    },
  })

export const routeOptionsChain = (route: Route, question: OptionsQuestion) =>
  routeSingle<OptionsChain, OptionsChainValue>(route, question, {
    need: 'options',
    ref: question.ref,
    ask: ({ provider }, call) =>
      provider.getOptionsChain!({ ref: question.ref, expiry: question.expiry }, call),
    find({ rows, underlying, underlyingLast, expirations, expiry }, { access, name }) {
      const { ref } = question
      const asked = question.expiry ?? expiry
      const wanted = rows.filter((row) => refKey(row.underlying) === refKey(ref) && row.expiry === asked)
      const newest = wanted.reduce<OptionQuote | null>((a, b) => (a && a.ts > b.ts ? a : b), null)
      if (!newest) return `${name} lists no options of ${ref.symbol}${asked ? ` for ${asked}` : ''}`
      const mixed = wanted.find((row) => row.feed !== newest.feed || row.currency !== newest.currency)
      if (mixed)
        return `${name} mixed ${newest.feed} ${newest.currency} and ${mixed.feed} ${mixed.currency} in one chain`
      const { feed, ts, tsOrigin, currency } = newest
      const delayedMinutes = newest.delayedMinutes ?? access.delayedMinutes
      const value = { underlying, underlyingLast, expirations, expiry, contracts: wanted }
      return { value, facts: { feed, ts, tsOrigin, currency: currency ?? currencyOf(ref), delayedMinutes } }
    },
  })

async function routeSingle<A extends Fetched<unknown>, T>(
  route: Route,
  question: Question,
  shape: SingleShape<A, T>,
): Promise<OneAnswer<T>> {
  const { ref, need } = shape
  const { priority = 'user', signal } = question
  const kind = KIND_OF_NEED[need]
  const { assetClass } = ref
  const plan = planFor(route, { need, assetClass, priority, pin: route.pinOf(ref) })
  let served: { value: T; facts: Facts } | null = null
  const { attempts } = await walk<A>(route, {
    plan,
    refs: [ref],
    scope: healthScopeOf(kind, assetClass),
    priority,
    keepMs: 0,
    signal,
    ask: (step, _refs, call) => shape.ask(step, call),
    judge(fetched, { step }): Verdict {
      const found = shape.find(fetched, step)
      if (typeof found === 'string') return nothingFound(fetched, { ref, message: found })
      const { fetchedAt } = fetched
      served = {
        value: found.value,
        facts: { ...found.facts, source: step.name, fetchedAt, freshness: 'live' },
      }
      const { failure } = fetched
      if (!failure) return { outcome: 'served', served: 1, rest: [] }
      const message = `some of it is missing: ${failure.message}`
      return { outcome: 'partial', reason: failure.kind, message, served: 1, rest: [], failure }
    },
  })
  const { value, facts } = (served ?? { value: null, facts: null }) as {
    value: T | null
    facts: Facts | null
  }
  const routing = routingOf(route, { kind, plan })
  return { value, receipt: receiptOf(ref, routing, { attempts, facts }), cached: false }
}

function nothingFound(
  { failure, dropped }: Fetched<unknown>,
  { ref, message }: { ref: SymbolRef; message: string },
): Verdict {
  const verdict = { served: 0, rest: [ref] }
  if (failure) {
    const reason = failure.origin === 'budget' ? 'budget_gone' : failure.kind
    return { ...verdict, outcome: 'failed', reason, message: failure.message, failure }
  }
  if (dropped.length === 0) return { ...verdict, outcome: 'empty', message }
  const why = `${message}; ${dropped.length} of its rows could not be read: ${dropped[0]!.reason}`
  return { ...verdict, outcome: 'failed', reason: 'malformed', message: why }
}
