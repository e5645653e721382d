// The budget of one probe: a hard bound on its calls, in front of the credential's own budget, with an ear for what the
// vendor's headers say of its limits.
import type { BudgetLesson, CallBudget } from '../call.ts'

/** Names our own bound in a refusal. */
export const BOUND = 'calls of a test'

export class ProbeBudget implements CallBudget {
  readonly #below: CallBudget | undefined
  #callsMax: number
  #taken = 0
  readonly #limits = new Map<string, number>()

  constructor(callsMax: number, below?: CallBudget) {
    this.#callsMax = callsMax
    this.#below = below
  }

  get left(): number {
    return Math.max(0, this.#callsMax - this.#taken)
  }

  get taken(): number {
    return this.#taken
  }

  /** Calls a window by scope, as the vendor's own headers had it. */
  get learned(): ReadonlyMap<string, number> {
    return this.#limits
  }

  /** A small plan is not used up by looking at it. */
  narrow(callsMax: number): void {
    this.#callsMax = Math.min(this.#callsMax, callsMax)
  }

  async take(call: Parameters<CallBudget['take']>[0]): ReturnType<CallBudget['take']> {
    if (this.left === 0) return { granted: false, retryAfterMs: 0, limit: BOUND }
    const grant = await this.#below?.take(call)
    if (grant && !grant.granted) return grant
    this.#taken++
    return grant ?? { granted: true, release: () => {} }
  }

  learn(lesson: BudgetLesson): void {
    if (lesson.limit !== undefined) this.#limits.set(lesson.scope, lesson.limit)
    this.#below?.learn(lesson)
  }
}
