// Bars: one source answers for the whole series, or the next one is asked; never two of them.
import type { Bar, Basis, Micros, SymbolRef, Timeframe } from '@onetape/market'
import type { Fetched } from '../contract.ts'
import { currencyOf, type OneAnswer, receiptOf, refKey } from './answer.ts'
import { BasisConversion } from './basis.ts'
import { healthScopeOf } from './health-board.ts'
import { planFor, type Question, type Route, routingOf, TAPE_MS } from './parts.ts'
import type { Plan, SeriesBegun, TryStep } from './plan.ts'
import type { Attempt } from './receipt.ts'
import { expectsBars, type Series, type SeriesFault, type SeriesRules, seriesOf } from './series-rules.ts'
import { askTape } from './tape-attempt.ts'
import { type Verdict, type Walked, walk } from './walk.ts'

export interface BarsQuestion extends Question {
  ref: SymbolRef
  timeframe: Timeframe
  /** Half-open range of bar starts. */
  from: Micros
  to: Micros
  /** Absent: the source's own, which the receipt names. */
  basis?: Basis
  /** What the receipt said of the series that this answer is put to; only its source may continue it. */
  continues?: SeriesBegun
}

/** What the planning of a series has to know: which basis can be reached. */
export async function planSeries(
  route: Route,
  question: Omit<BarsQuestion, 'userId'>,
): Promise<{ plan: Plan; rules: SeriesRules }> {
  const { ref, timeframe, from, to, priority = 'user', continues } = question
  const wanted = question.basis ?? continues?.basis
  const conversion = await BasisConversion.of(route, { ref, timeframe, from, to, wanted })
  const series = { timeframe, from, to, basis: wanted, continues }
  const pin = route.pinOf(ref)
  const request = { need: 'bars', assetClass: ref.assetClass, priority, pin, series } as const
  const plan = planFor(route, request, (has, basis) => conversion.fault(has, basis))
  return { plan, rules: { basis: wanted ?? null, continues, conversion } }
}

export async function routeBars(route: Route, question: BarsQuestion): Promise<OneAnswer<Bar[]>> {
  const { ref, timeframe, from, to, priority = 'user', signal } = question
  const { plan, rules } = await planSeries(route, question)
  const making = new SeriesRoute(route, question, rules)
  const walked = await walk<Fetched<Bar>>(route, {
    plan,
    refs: [ref],
    scope: healthScopeOf('charts', ref.assetClass),
    priority,
    keepMs: route.tape ? TAPE_MS : 0,
    signal,
    ask: ({ provider }, _refs, call) => provider.getBars({ ref, timeframe, from, to }, call),
    judge: (fetched, { step }) => making.judge(fetched, step),
  })
  const { series, attempts } = await making.settle(walked)
  const routing = routingOf(route, { kind: 'charts', plan })
  const receipt = receiptOf(ref, routing, { attempts, facts: series?.facts ?? null })
  return { value: series?.bars ?? null, receipt, cached: false }
}

class SeriesRoute {
  readonly #route: Route
  readonly #question: BarsQuestion
  readonly #rules: SeriesRules
  #whole: Series | null = null
  /** The first series that stops early because a part of it could not be fetched. */
  #cut: Series | null = null
  /** The first answer that says there is nothing. */
  #empty: Series | null = null

  constructor(route: Route, question: BarsQuestion, rules: SeriesRules) {
    this.#route = route
    this.#question = question
    this.#rules = rules
  }

  judge(fetched: Fetched<Bar>, step: TryStep): Verdict {
    const series = this.#seriesOf(fetched, step)
    const { failure, dropped } = fetched
    if ('reason' in series) return { ...this.#next('failed', series.message), reason: series.reason, failure }
    if (failure) return this.#cutShort(series, failure)
    if (series.bars.length > 0) {
      this.#whole = series
      const message =
        dropped.length > 0
          ? `${dropped.length} of its rows could not be read: ${dropped[0]!.reason}`
          : undefined
      return { outcome: 'served', message, served: 1, rest: [] }
    }
    if (dropped.length > 0) {
      const message = `none of its ${dropped.length} rows could be read: ${dropped[0]!.reason}`
      return { ...this.#next('failed', message), reason: 'malformed' }
    }
    this.#empty ??= series
    const odd = expectsBars(this.#question.ref, this.#question, this.#route.marketClock.now())
    const verdict = this.#next('empty', `${step.name} has no bars in this range`)
    return odd ? verdict : { ...verdict, rest: [] }
  }

  /** Nothing of it is used, at least not yet: the next source is asked. */
  #next(outcome: Verdict['outcome'], message: string): Verdict {
    return { outcome, message, served: 0, rest: [this.#question.ref] }
  }

  #cutShort(series: Series, failure: NonNullable<Fetched<Bar>['failure']>): Verdict {
    const some = series.bars.length > 0
    if (some) this.#cut ??= series
    const reason = failure.origin === 'budget' ? 'budget_gone' : failure.kind
    const verdict = this.#next(some ? 'partial' : 'failed', `the series is cut short: ${failure.message}`)
    return { ...verdict, reason, failure }
  }

  #seriesOf(
    { rows, fetchedAt, currency }: Fetched<Bar>,
    { name, access, provider }: TryStep,
  ): Series | SeriesFault {
    const { ref, from, to, timeframe } = this.#question
    const key = refKey(ref)
    const bars = rows.filter(
      (b) => b.ts >= from && b.ts < to && b.timeframe === timeframe && refKey(b) === key,
    )
    const said = {
      source: name,
      feed: access.feed,
      delayedMinutes: access.delayedMinutes,
      basis: provider.getCapabilities().byAssetClass[ref.assetClass]!.barsBasis,
      currency: currency ?? currencyOf(ref),
      fetchedAt,
      freshness: 'live',
    } as const
    return seriesOf(bars, said, this.#rules)
  }

  /** The whole series of a source; else the tape's; else what is better than nothing. */
  async settle({ attempts, wrong, rest }: Walked): Promise<{ series: Series | null; attempts: Attempt[] }> {
    if (this.#whole || wrong || rest.length === 0)
      return { series: this.#whole ?? (wrong ? null : this.#empty), attempts }
    const { attempt, series } = await this.#askTape()
    const all = attempt ? [...attempts, attempt] : attempts
    const cut = this.#cut
    if (cut && cut.bars.length > (series?.bars.length ?? 0)) {
      if (attempt) attempt.message = `not taken: ${cut.facts.source} had more of it`
      return { series: cut, attempts: all }
    }
    return { series: series ?? this.#empty, attempts: all }
  }

  async #askTape(): Promise<{ attempt: Attempt | null; series: Series | null }> {
    const { tape } = this.#route
    if (!tape) return { attempt: null, series: null }
    const { ref, timeframe, from, to } = this.#question
    const { attempt, found } = await askTape(this.#route, {
      asked: 1,
      read: () => tape.bars({ ref, timeframe, from, to, basis: this.#rules.basis ?? undefined }),
      count: (series) => (series && series.bars.length > 0 ? 1 : 0),
    })
    if (!found || found.bars.length === 0) return { attempt, series: null }
    const { bars, ...said } = found
    const freshness = said.stale ? 'stale' : 'tape'
    const series = seriesOf(bars, { ...said, delayedMinutes: null, freshness }, this.#rules)
    if (!('reason' in series)) return { attempt, series }
    Object.assign(attempt, { outcome: 'failed', served: 0, reason: series.reason, message: series.message })
    return { attempt, series: null }
  }
}
