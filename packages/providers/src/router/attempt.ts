// One source asked once. The attempt that a receipt shows is the object that was handed the calls while they ran.
import type { Clock } from '@onetape/market'
import type { CallOptions, Priority } from '../call.ts'
import { ProviderError } from '../errors.ts'
import type { Timers } from '../stream/timers.ts'
import type { SkipStep } from './plan.ts'
import type { Attempt } from './receipt.ts'

/** An adapter that was told to stop gets this long to say what it had sent. */
const GRACE_MS = 50

export const skipped = ({ name, reason, message, retryAt }: Omit<SkipStep, 'verdict'>): Attempt => ({
  source: name,
  outcome: 'skipped',
  reason,
  message,
  startedAt: null,
  latencyMs: null,
  asked: 0,
  served: 0,
  calls: [],
  retryAt,
})

export interface AttemptOptions {
  source: string
  /** Symbols asked. */
  asked: number
  limitMs: number
  priority: Priority
  signal?: AbortSignal
  wallClock: Clock
  timers: Timers
  /** Hears of an error that is no ProviderError: a defect of an adapter. */
  onDefect?: (error: unknown) => void
}

export type Attempted<A> = { attempt: Attempt } & ({ answer: A } | { error: ProviderError })

/** @throws the reason of `signal` when the caller went away. */
export async function attemptCall<A>(
  o: AttemptOptions,
  call: (options: CallOptions) => Promise<A>,
): Promise<Attempted<A>> {
  const startedAt = o.wallClock.now()
  const attempt: Attempt = {
    source: o.source,
    outcome: 'failed',
    reason: null,
    message: null,
    startedAt,
    latencyMs: null,
    asked: o.asked,
    served: 0,
    calls: [],
    retryAt: null,
  }
  const stop = new AbortController()
  const { promise: leftAlone, reject: leaveAlone } = Promise.withResolvers<never>()
  let late = false
  let timer = o.timers.set(() => {
    late = true
    giveUp()
  }, o.limitMs)
  const giveUp = () => {
    o.timers.clear(timer)
    timer = o.timers.set(() => leaveAlone(new Error('still running')), GRACE_MS)
    stop.abort()
  }
  o.signal?.addEventListener('abort', giveUp)
  if (o.signal?.aborted) giveUp()
  try {
    const options = {
      signal: stop.signal,
      priority: o.priority,
      onCall: attempt.calls.push.bind(attempt.calls) as NonNullable<CallOptions['onCall']>,
    }
    const answer = await Promise.race([call(options), leftAlone])
    return { attempt, answer }
  } catch (error) {
    o.signal?.throwIfAborted()
    return { attempt, error: late ? tooLate(o) : asProviderError(error, o) }
  } finally {
    o.timers.clear(timer)
    o.signal?.removeEventListener('abort', giveUp)
    attempt.latencyMs = (o.wallClock.now() - startedAt) / 1000
  }
}

const tooLate = ({ source, limitMs }: AttemptOptions): ProviderError =>
  new ProviderError('unavailable', `${source} did not answer within ${Math.round(limitMs)} ms`, {
    provider: source,
  })

function asProviderError(error: unknown, { source, onDefect }: AttemptOptions): ProviderError {
  if (error instanceof ProviderError) return error
  onDefect?.(error)
  return new ProviderError('malformed', `the adapter of ${source} failed on what it was sent`, {
    provider: source,
    cause: error,
  })
}
