// Goes down a plan: asks what is still missing of one source after the other, and leaves one attempt for each step.
import type { Clock, SymbolRef } from '@onetape/market'
import type { CallOptions, Priority } from '../call.ts'
import type { ProviderError } from '../errors.ts'
import type { Timers } from '../stream/timers.ts'
import { attemptCall, skipped } from './attempt.ts'
import { ATTEMPT_MS_MIN, type Deadline } from './deadline.ts'
import { type HealthBoard, healthKeyOf } from './health-board.ts'
import type { Plan, PlanStep, TryStep } from './plan.ts'
import type { Attempt } from './receipt.ts'

/** What an answer was worth. */
export interface Verdict {
  outcome: 'served' | 'partial' | 'empty' | 'failed'
  reason?: Attempt['reason']
  message?: string
  served: number
  /** What the next source is asked for. */
  rest: readonly SymbolRef[]
  /** Part of the answer did not come: the source is not well. */
  failure?: ProviderError
}

export interface WalkTools {
  health: HealthBoard
  wallClock: Clock
  timers: Timers
  deadline: Deadline
  onDefect?: (error: unknown) => void
}

export interface Walk<A> {
  plan: Plan
  refs: readonly SymbolRef[]
  /** What a refused plan would be held against, of `healthScopeOf`. */
  scope: string
  priority: Priority
  /** Kept free for the tape. */
  keepMs: number
  signal?: AbortSignal
  ask(step: TryStep, refs: readonly SymbolRef[], options: CallOptions): Promise<A>
  /** @param index of the step, which is that of its attempt. */
  judge(answer: A, o: { step: TryStep; refs: readonly SymbolRef[]; index: number }): Verdict
}

export interface Walked {
  /** One for each step of the plan. */
  attempts: Attempt[]
  rest: readonly SymbolRef[]
  /** Asking the tape makes no sense either: the request itself is wrong. */
  wrong: boolean
}

export async function walk<A>(tools: WalkTools, w: Walk<A>): Promise<Walked> {
  const { steps } = w.plan
  const attempts: Attempt[] = []
  let rest = w.refs
  let wrong = false
  for (const [index, step] of steps.entries()) {
    w.signal?.throwIfAborted()
    const unasked = reasonNotToAsk(step, { rest, wrong, deadline: tools.deadline })
    if (unasked !== null || step.verdict === 'skip') {
      attempts.push(unasked ?? notNeeded(step))
      continue
    }
    const later = steps.slice(index + 1).filter((s) => s.verdict === 'try').length
    const asked = await askOne(tools, w, {
      step,
      index,
      refs: rest,
      limitMs: tools.deadline.shareMs(later, w.keepMs),
    })
    attempts.push(asked.attempt)
    rest = asked.rest
    wrong ||= asked.attempt.reason === 'invalid_request'
  }
  return { attempts, rest, wrong }
}

function reasonNotToAsk(
  step: PlanStep,
  { rest, wrong, deadline }: { rest: readonly SymbolRef[]; wrong: boolean; deadline: Deadline },
): Attempt | null {
  if (step.verdict === 'skip') return skipped(step)
  const because = (reason: 'not_needed' | 'deadline', message: string) =>
    skipped({ name: step.name, reason, message, retryAt: null })
  if (wrong) return because('not_needed', 'not asked: the request itself was refused as wrong')
  if (rest.length === 0) return notNeeded(step)
  return deadline.leftMs < ATTEMPT_MS_MIN ? because('deadline', 'no time was left to ask it') : null
}

const notNeeded = ({ name }: PlanStep): Attempt =>
  skipped({ name, reason: 'not_needed', message: 'an earlier source answered', retryAt: null })

/** The attempts that concern what step `index` served: those until then, and why the later ones were not needed. */
export function attemptsUntil(
  index: number,
  { plan, attempts }: { plan: Plan; attempts: readonly Attempt[] },
) {
  const after = plan.steps.slice(index + 1)
  return [
    ...attempts.slice(0, index + 1),
    ...after.map((step) => (step.verdict === 'skip' ? skipped(step) : notNeeded(step))),
  ]
}

interface Asking {
  step: TryStep
  index: number
  refs: readonly SymbolRef[]
  limitMs: number
}

async function askOne<A>(tools: WalkTools, w: Walk<A>, { step, index, refs, limitMs }: Asking) {
  const { health } = tools
  const key = healthKeyOf(step.source)
  const admission = health.admit(key, w.scope)
  const admitted = admission instanceof Promise ? await admission : admission
  if (!admitted.ready) {
    const { retryAt } = admitted
    const message = `${step.name} ${admitted.message}`
    return { attempt: skipped({ name: step.name, reason: 'breaker_open', message, retryAt }), rest: refs }
  }
  try {
    const options = {
      ...tools,
      source: step.name,
      asked: refs.length,
      limitMs,
      priority: w.priority,
      signal: w.signal,
    }
    const done = await attemptCall(options, (call) => w.ask(step, refs, call))
    const { attempt } = done
    if ('error' in done) {
      health.failed(key, done.error, w.scope)
      noteFailure(attempt, done.error, tools)
      return { attempt, rest: refs }
    }
    const { served, rest, outcome, reason, message, failure } = w.judge(done.answer, { step, refs, index })
    if (failure) health.failed(key, failure, w.scope)
    else health.succeeded(key, attempt.latencyMs, w.scope)
    Object.assign(attempt, { served, outcome, reason: reason ?? null, message: message ?? null })
    if (failure) attempt.retryAt = retryAtOf(failure, tools)
    return { attempt, rest }
  } catch (error) {
    health.abandoned(key, w.scope)
    throw error
  }
}

function noteFailure(attempt: Attempt, error: ProviderError, tools: WalkTools): void {
  attempt.message = error.message
  attempt.retryAt = retryAtOf(error, tools)
  if (error.origin !== 'budget') {
    attempt.reason = error.kind
    return
  }
  attempt.reason = 'budget_gone'
  if (attempt.calls.length > 0) return
  // Nothing was sent: the budget said no between the look and the call.
  Object.assign(attempt, { outcome: 'skipped', startedAt: null, latencyMs: null, asked: 0 })
}

const retryAtOf = ({ retryAfterMs }: ProviderError, { wallClock }: WalkTools): number | null =>
  retryAfterMs === null ? null : wallClock.now() + retryAfterMs * 1000
