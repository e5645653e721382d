/**
 * Who was asked before a batch came, as its receipt will tell it: one attempt for each source, in the order asked, made
 * while it happens and never afterwards. It is kept small, for a batch is written every minute and oftener: what a
 * source is not (not connected, no such data) is said by `explain` and left out here, nulls and empty lists are left
 * out, and of many requests the newest few are kept.
 */
import type { Clock, Micros } from '@onetape/market'
import type { Attempt, ProviderError, SkipReason, WireCall } from '@onetape/providers'

/** An attempt as the ledger keeps it: what is not there is null, or empty. */
export type KeptAttempt = Pick<Attempt, 'source' | 'outcome'> & Partial<Attempt>

export interface AttemptTrail {
  /** A source that was left alone; one that was asked before keeps what is known of it. */
  skip(source: string, why: { reason: SkipReason; message: string; retryAt: Micros | null }): void
  /** One call of a source for so many symbols; several of one source are one attempt. */
  begin(source: string, asked: number): OpenCall
  /** The attempts up to that of a source: what a batch of it tells. */
  until(source: string): KeptAttempt[]
}

export interface OpenCall {
  /** A request that went out. */
  sent(call: WireCall): void
  /** @param failure of a part of it, where the rest came. */
  answered(served: number, failure?: ProviderError): void
  failed(error: ProviderError): void
}

const CALLS_KEPT = 5
const WORDS_MAX = 200
const WHAT_MAX = 120

export function createAttemptTrail(wall: Clock): AttemptTrail {
  const steps = new Map<string, Asked | KeptAttempt>()
  const askedOf = (source: string): Asked => {
    const known = steps.get(source)
    if (known instanceof Asked) return known
    const asked = new Asked(source, wall)
    steps.set(source, asked)
    return asked
  }
  return {
    skip(source, { reason, message, retryAt }) {
      if (steps.has(source)) return
      steps.set(source, compact({ source, outcome: 'skipped', reason, message: cut(message), retryAt }))
    },
    begin: (source, asked) => askedOf(source).begin(asked),
    until(source) {
      const until: KeptAttempt[] = []
      for (const [name, step] of steps) {
        until.push(step instanceof Asked ? step.attempt() : step)
        if (name === source) break
      }
      return until
    },
  }
}

/** A streamed batch: nobody was asked, the source said it by itself. */
export const streamedAttempt = (source: string, symbols: number): KeptAttempt => ({
  source,
  outcome: 'served',
  message: 'stream',
  asked: symbols,
  served: symbols,
})

/** All calls of one source so far. */
class Asked {
  readonly #source: string
  readonly #wall: Clock
  readonly #startedAt: Micros
  #endedAt: Micros
  #asked = 0
  #served = 0
  #sent = 0
  #answered = false
  #calls: WireCall[] = []
  #failure: ProviderError | null = null
  #retryAt: Micros | null = null

  constructor(source: string, wall: Clock) {
    this.#source = source
    this.#wall = wall
    this.#startedAt = wall.now()
    this.#endedAt = this.#startedAt
  }

  begin(asked: number): OpenCall {
    this.#asked += asked
    return {
      sent: (call) => {
        this.#sent += 1
        this.#calls = [...this.#calls, call].slice(-CALLS_KEPT)
      },
      answered: (served, failure) => {
        this.#answered = true
        this.#served += served
        this.#end(failure ?? null)
      },
      failed: (error) => this.#end(error),
    }
  }

  #end(failure: ProviderError | null): void {
    this.#endedAt = this.#wall.now()
    if (!failure) return
    this.#failure = failure
    this.#retryAt = failure.retryAfterMs === null ? null : this.#endedAt + failure.retryAfterMs * 1000
  }

  attempt(): KeptAttempt {
    const failure = this.#failure
    const isBudget = failure?.origin === 'budget'
    const told = {
      source: this.#source,
      reason: failure && (isBudget ? ('budget_gone' as const) : failure.kind),
      message: this.#words(),
      retryAt: this.#retryAt,
    }
    // Our own budget said no before anything went out: it was not asked.
    if (isBudget && this.#sent === 0 && !this.#answered) return compact({ ...told, outcome: 'skipped' })
    return compact({
      ...told,
      outcome: this.#outcome(),
      startedAt: Math.round(this.#startedAt),
      latencyMs: tenths((this.#endedAt - this.#startedAt) / 1000),
      asked: this.#asked,
      served: this.#served,
      calls: this.#calls.map(keptCall),
    })
  }

  #outcome(): Attempt['outcome'] {
    if (this.#served === 0) return this.#failure ? 'failed' : 'empty'
    return this.#served < this.#asked ? 'partial' : 'served'
  }

  #words(): string | null {
    const more = this.#sent > CALLS_KEPT ? `${this.#sent} requests, the newest ${CALLS_KEPT} are kept` : null
    const words = [this.#failure?.message, more].filter((part) => part != null)
    return words.length > 0 ? cut(words.join('; ')) : null
  }
}

const keptCall = (call: WireCall): WireCall => ({
  ...call,
  at: Math.round(call.at),
  // Some vendors write symbols into the path.
  what: call.what.length > WHAT_MAX ? `${call.what.slice(0, WHAT_MAX - 3)}...` : call.what,
  latencyMs: tenths(call.latencyMs),
})

const tenths = (ms: number): number => Math.round(ms * 10) / 10
const cut = (words: string): string =>
  words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX - 3)}...` : words

function compact(attempt: KeptAttempt): KeptAttempt {
  const said = Object.entries(attempt).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(said) as KeptAttempt
}
