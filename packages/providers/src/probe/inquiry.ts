// One probe under way: asks one question after the other, within its calls and its time, and remembers what went wrong.
import type { AssetClass } from '@onetape/market'
import type { AccessKind, DataTier } from '../capability.ts'
import type { CallOptions, IDataProvider, ProviderDefinition, ProviderDeps } from '../contract.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import type { ProbeStep } from './findings.ts'
import { type Evidence, fitTier } from './fit-tier.ts'
import { ProbeBudget } from './probe-budget.ts'

export interface InquiryOptions {
  definition: ProviderDefinition
  deps: ProviderDeps
  signal: AbortSignal
  callsMax: number
  onStep?(step: ProbeStep): void
}

export interface Topic {
  /** For people: `the price of AAPL`. */
  what: string
  assetClass: AssetClass
  kind: AccessKind
  /** Nice to know: that it did not come says nothing about the source. */
  aside?: boolean
}

export type Heard<T> =
  | { state: 'found'; value: T }
  /** `nothing`: an answer without anything in it, or one that says that there is none. */
  | { state: 'nothing' | 'refused' | 'failed' | 'unasked' }

/** Kinds that no other question of this probe would get past. */
const FINAL: readonly ErrorKind[] = ['unauthorized', 'rate_limited', 'invalid_request']
/** So many failures in a row, and the vendor is taken to be away. */
const FAILURES_MAX = 2

export class Inquiry {
  readonly evidence: Evidence[] = []
  readonly budget: ProbeBudget
  /** The error that stopped the probe, else the first that was no refusal by plan. */
  trouble: ProviderError | null = null
  /** The newest refusal by plan. */
  refusal: ProviderError | null = null
  granted = 0
  #over = false
  #failures = 0
  #index = 0
  #open: { tier: string; provider: IDataProvider } | null = null
  readonly #o: InquiryOptions

  constructor(o: InquiryOptions) {
    this.#o = o
    this.budget = new ProbeBudget(o.callsMax, o.deps.budget)
  }

  /** The plan that fits what was seen so far. */
  get tier(): DataTier {
    return fitTier(this.#o.definition.capabilities.tiers, this.evidence)
  }

  get over(): boolean {
    return this.#over || this.#o.signal.aborted || this.budget.left === 0
  }

  /** @param ask gives the answer, or null where there is nothing in it; `say` puts it into words. */
  async ask<T>(
    topic: Topic,
    ask: (provider: IDataProvider, call: CallOptions) => Promise<T | null>,
    say: (value: T) => string,
  ): Promise<Heard<T>> {
    if (this.over) return { state: 'unasked' }
    const index = ++this.#index
    const tell = (state: ProbeStep['state'], words: string | null) =>
      this.#o.onStep?.({ index, what: topic.what, state, words })
    tell('asking', null)
    try {
      const call = { signal: this.#o.signal, priority: 'user' } as const
      const value = await orAborted(
        Promise.resolve().then(() => ask(this.provider(), call)),
        this.#o.signal,
      )
      this.#failures = 0
      if (value !== null) this.granted++
      tell(value === null ? 'nothing' : 'found', value === null ? 'nothing of it' : say(value))
      return value === null ? { state: 'nothing' } : { state: 'found', value }
    } catch (error) {
      const state = this.#note(this.#asProviderError(error), topic)
      tell(state === 'unasked' ? 'nothing' : state, state === 'unasked' ? 'not asked' : messageOf(error))
      return { state }
    }
  }

  /** The adapter as the plan of now has it; another plan is another adapter. */
  provider(): IDataProvider {
    const tier = this.tier.name
    if (this.#open?.tier === tier) return this.#open.provider
    const before = this.#open
    const { definition, deps } = this.#o
    this.#open = { tier, provider: definition.create({ ...deps, budget: this.budget, tier }) }
    void before?.provider.close?.().catch(() => {})
    return this.#open.provider
  }

  async close(): Promise<void> {
    await this.#open?.provider.close?.().catch(() => {})
  }

  authExpiresAt() {
    return this.#open?.provider.authExpiresAt?.() ?? null
  }

  #note(error: ProviderError, { aside }: Topic): 'nothing' | 'refused' | 'failed' | 'unasked' {
    // Our own bound: nothing is known, and nothing is wrong.
    if (error.origin === 'budget' && this.budget.left === 0) return 'unasked'
    if (error.kind === 'not_found' || error.kind === 'unsupported') return 'nothing'
    if (error.kind === 'not_entitled') {
      this.refusal = error
      return 'refused'
    }
    if (FINAL.includes(error.kind)) {
      if (!aside) this.trouble = error
      this.#over = true
      return 'failed'
    }
    if (aside) return 'failed'
    this.trouble ??= error
    if (++this.#failures >= FAILURES_MAX) this.#over = true
    return 'failed'
  }

  #asProviderError(error: unknown): ProviderError {
    if (error instanceof ProviderError) return error
    const { name } = this.#o.definition
    if (this.#o.signal.aborted)
      return new ProviderError('unavailable', `${name} did not answer in time`, { provider: name })
    return new ProviderError('malformed', `the adapter of ${name} failed on what it was sent`, {
      provider: name,
      cause: error,
    })
  }
}

const messageOf = (error: unknown): string =>
  error instanceof ProviderError ? error.message : 'it could not be read'

/** An adapter that does not hear that nobody waits any more is left alone. */
async function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener('abort', abort))
}
