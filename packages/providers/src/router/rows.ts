// Quotes and snapshots: many symbols in one question; what one source leaves out, and only that, is asked of the next.
import type { AssetClass, Quote, Snapshot, SymbolRef } from '@onetape/market'
import type { CallOptions, Fetched } from '../contract.ts'
import { type Answer, type Facts, type Routing, type RowsAnswer, receiptOf, refKey } from './answer.ts'
import { healthScopeOf } from './health-board.ts'
import { planFor, type Question, type Route, routingOf, TAPE_MS } from './parts.ts'
import type { Plan, TryStep } from './plan.ts'
import type { TapeSnapshot } from './ports.ts'
import type { Attempt } from './receipt.ts'
import { askTape } from './tape-attempt.ts'
import { attemptsUntil, type Verdict, type Walked, walk } from './walk.ts'

export interface RowsQuestion extends Question {
  /** Of any asset classes; each has its own order of sources. */
  refs: readonly SymbolRef[]
}

/** How quotes and snapshots differ. */
interface RowShape<T> {
  need: 'quote' | 'snapshot'
  ask(
    step: TryStep,
    o: { assetClass: AssetClass; refs: readonly SymbolRef[] },
    call: CallOptions,
  ): Promise<Fetched<T>>
  quoteOf(row: T): Quote
  fromTape(row: TapeSnapshot): T
}

const quotes: RowShape<Quote> = {
  need: 'quote',
  ask: ({ provider }, { refs }, call) => provider.getQuotes(refs, call),
  quoteOf: (quote) => quote,
  fromTape: ({ snapshot }) => snapshot.quote,
}

const snapshots: RowShape<Snapshot> = {
  need: 'snapshot',
  ask: ({ provider }, request, call) => provider.getSnapshots(request, call),
  quoteOf: ({ quote }) => quote,
  fromTape: ({ snapshot }) => snapshot,
}

export const routeQuotes = (route: Route, question: RowsQuestion) => routeRows(route, question, quotes)
export const routeSnapshots = (route: Route, question: RowsQuestion) => routeRows(route, question, snapshots)

async function routeRows<T>(
  route: Route,
  question: RowsQuestion,
  shape: RowShape<T>,
): Promise<RowsAnswer<T>> {
  const groups = groupsOf(route, [...new Map(question.refs.map((ref) => [refKey(ref), ref])).values()])
  const done = await Promise.all(
    groups.map((group) => new RowsRoute(route, shape, { question, ...group }).run()),
  )
  const byRef = new Map(done.flatMap(({ rows }) => rows))
  return {
    rows: question.refs.map((ref) => byRef.get(refKey(ref))!),
    attempts: done.flatMap(({ attempts }) => attempts),
    cached: false,
  }
}

interface Group {
  question: RowsQuestion
  assetClass: AssetClass
  /** The source that is asked first for these symbols, whatever the order says. */
  pin: string | null
  refs: readonly SymbolRef[]
}

/** Symbols that go the same way: of one asset class, and pinned to the same source or to none. */
function groupsOf(route: Route, refs: readonly SymbolRef[]): Omit<Group, 'question'>[] {
  const groups = new Map<string, { assetClass: AssetClass; pin: string | null; refs: SymbolRef[] }>()
  for (const ref of refs) {
    const { assetClass } = ref
    const pin = route.pinOf(ref)
    const key = `${assetClass} ${pin ?? ''}`
    const group = groups.get(key)
    if (group) group.refs.push(ref)
    else groups.set(key, { assetClass, pin, refs: [ref] })
  }
  return [...groups.values()]
}

interface Served<T> {
  row: T
  facts: Facts
  /** Of the step that served it. */
  index: number
}

/** The symbols of one asset class on their way. */
class RowsRoute<T> {
  readonly #route: Route
  readonly #shape: RowShape<T>
  readonly #group: Group
  readonly #served = new Map<string, Served<T>>()

  constructor(route: Route, shape: RowShape<T>, group: Group) {
    this.#route = route
    this.#shape = shape
    this.#group = group
  }

  async run(): Promise<{ rows: [string, Answer<T>][]; attempts: Attempt[] }> {
    const { question, assetClass, pin, refs } = this.#group
    const { need } = this.#shape
    const { priority = 'user', signal } = question
    const plan = planFor(this.#route, { need, assetClass, priority, pin })
    const walked = await walk<Fetched<T>>(this.#route, {
      plan,
      refs,
      scope: healthScopeOf('quotes', assetClass),
      priority,
      keepMs: this.#route.tape ? TAPE_MS : 0,
      signal,
      ask: (step, rest, call) => this.#shape.ask(step, { assetClass, refs: rest }, call),
      judge: (fetched, o) => this.#judge(fetched, o),
    })
    const attempts = [...walked.attempts, ...(await this.#askTape(walked))]
    const routing = routingOf(this.#route, { kind: 'quotes', plan })
    return { rows: this.#answers(routing, { plan, attempts }), attempts }
  }

  #judge(
    fetched: Fetched<T>,
    { step, refs, index }: { step: TryStep; refs: readonly SymbolRef[]; index: number },
  ): Verdict {
    const rows = this.#wanted(fetched.rows, refs)
    for (const [key, row] of rows) {
      const { feed, delayedMinutes, ts, tsOrigin, currency } = this.#shape.quoteOf(row)
      const facts = { source: step.name, feed, delayedMinutes, ts, tsOrigin, currency }
      const { fetchedAt } = fetched
      this.#served.set(key, { row, index, facts: { ...facts, fetchedAt, freshness: 'live' } })
    }
    const rest = refs.filter((ref) => !rows.has(refKey(ref)))
    return { served: rows.size, rest, ...worthOf(fetched, { served: rows.size, rest }) }
  }

  /** Rows that were asked for and hold a price; the newer of two of one symbol. */
  #wanted(rows: readonly T[], refs: readonly SymbolRef[]): Map<string, T> {
    const asked = new Set(refs.map(refKey))
    const wanted = new Map<string, T>()
    for (const row of rows) {
      const quote = this.#shape.quoteOf(row)
      const key = refKey(quote)
      if (!asked.has(key) || (quote.last ?? quote.bid ?? quote.ask) === null) continue
      const other = wanted.get(key)
      if (!other || this.#shape.quoteOf(other).ts <= quote.ts) wanted.set(key, row)
    }
    return wanted
  }

  async #askTape({ rest, wrong, attempts }: Walked): Promise<Attempt[]> {
    const { tape } = this.#route
    if (!tape || wrong || rest.length === 0) return []
    const asked = new Set(rest.map(refKey))
    const { attempt, found } = await askTape(this.#route, {
      asked: rest.length,
      read: async () =>
        (await tape.snapshots(rest)).filter(({ snapshot }) => asked.has(refKey(snapshot.quote))),
      count: (rows) => rows.length,
    })
    for (const row of found ?? []) {
      const { feed, delayedMinutes, ts, tsOrigin, currency } = row.snapshot.quote
      const { source, fetchedAt } = row
      const freshness = row.stale ? 'stale' : 'tape'
      const facts = { source, feed, delayedMinutes, ts, tsOrigin, currency, fetchedAt, freshness } as const
      this.#served.set(refKey(row.snapshot.quote), {
        row: this.#shape.fromTape(row),
        facts,
        index: attempts.length,
      })
    }
    return [attempt]
  }

  /** Symbols that one step served share their list of attempts. */
  #answers(routing: Routing, walked: { plan: Plan; attempts: Attempt[] }): [string, Answer<T>][] {
    const concerning = new Map<number, Attempt[]>()
    const attemptsOf = (index: number) => {
      const known = concerning.get(index) ?? attemptsUntil(index, walked)
      concerning.set(index, known)
      return known
    }
    return this.#group.refs.map((ref) => {
      const served = this.#served.get(refKey(ref))
      const attempts = served ? attemptsOf(served.index) : walked.attempts
      const receipt = receiptOf(ref, routing, { attempts, facts: served?.facts ?? null })
      return [refKey(ref), { value: served?.row ?? null, receipt }]
    })
  }
}

/** What an answer to several symbols was worth, in words. */
function worthOf<T>(
  { failure, dropped }: Fetched<T>,
  { served, rest }: { served: number; rest: readonly SymbolRef[] },
): Pick<Verdict, 'outcome' | 'reason' | 'message' | 'failure'> {
  if (rest.length === 0) return { outcome: 'served' }
  const unanswered = `no price for ${symbolsOf(rest)}`
  if (failure) {
    const reason = failure.origin === 'budget' ? 'budget_gone' : failure.kind
    return {
      outcome: served ? 'partial' : 'failed',
      reason,
      message: `${unanswered}: ${failure.message}`,
      failure,
    }
  }
  if (dropped.length === 0) return { outcome: served ? 'partial' : 'empty', message: unanswered }
  const { reason: why } = dropped[0]!
  const message = `${unanswered}; ${dropped.length} of its rows could not be read: ${why}`
  return { outcome: served ? 'partial' : 'failed', reason: 'malformed', message }
}

const NAMED_MAX = 5

const symbolsOf = (refs: readonly SymbolRef[]): string => {
  const named = refs.slice(0, NAMED_MAX).map((ref) => ref.symbol)
  const more = refs.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
