// How often somebody may try to come in, counted in the database for all processes together. An address that tries many
// passwords is stopped, and so are many addresses that try one person's; the person's own address stays free of theirs.
import { createHash } from 'node:crypto'
import { type Db, forgetAttempts, takeAttempt } from '@onetape/db'
import { AuthProblem } from './auth-problem.ts'
import { networkOf } from './network.ts'

interface Limit {
  name: string
  max: number
  windowMs: number
}

const MINUTE_MS = 60_000
const SIGN_IN: Limit = { name: 'sign-in', max: 60, windowMs: MINUTE_MS }
const SIGN_IN_HERE: Limit = { name: 'sign-in here', max: 6, windowMs: MINUTE_MS }
const SIGN_IN_ANYWHERE: Limit = { name: 'sign-in anywhere', max: 40, windowMs: 15 * MINUTE_MS }
const SIGN_UP: Limit = { name: 'sign-up', max: 100, windowMs: 10 * MINUTE_MS }
const CODE: Limit = { name: 'code', max: 8, windowMs: 5 * MINUTE_MS }
const CHANGE: Limit = { name: 'change', max: 6, windowMs: MINUTE_MS }

export class Attempts {
  readonly #db: Db
  readonly #nowMs: () => number

  constructor(db: Db, nowMs: () => number = Date.now) {
    this.#db = db
    this.#nowMs = nowMs
  }

  /** @throws AuthProblem that says how long to wait, as do the others. */
  async signIn(ip: string, email: string): Promise<void> {
    const network = networkOf(ip)
    await this.#take(SIGN_IN, network)
    await this.#take(SIGN_IN_HERE, `${network} ${email}`)
    await this.#take(SIGN_IN_ANYWHERE, email)
  }

  /** Came in: what was mistyped before counts no more. */
  async forgetSignIn(ip: string, email: string): Promise<void> {
    await forgetAttempts(this.#db, keyOf(SIGN_IN_HERE, `${networkOf(ip)} ${email}`))
  }

  signUp(ip: string): Promise<void> {
    return this.#take(SIGN_UP, networkOf(ip))
  }

  code(ip: string): Promise<void> {
    return this.#take(CODE, networkOf(ip))
  }

  changePassword(ip: string): Promise<void> {
    return this.#take(CHANGE, networkOf(ip))
  }

  async #take(limit: Limit, who: string): Promise<void> {
    const { max, windowMs } = limit
    const waitMs = await takeAttempt(this.#db, {
      key: keyOf(limit, who),
      max,
      windowMs,
      nowMs: this.#nowMs(),
    })
    if (waitMs === 0) return
    const retryAfterS = Math.ceil(waitMs / 1_000)
    const message = `Too many attempts. Wait ${spanOf(retryAfterS)}, then try again.`
    throw new AuthProblem({ kind: 'too_many', code: 'TOO_MANY', message, retryAfterS })
  }
}

/** A digest: what was typed into the form is kept nowhere. */
const keyOf = (limit: Limit, who: string): string =>
  `${limit.name} ${createHash('sha256').update(who).digest('base64url')}`

const spanOf = (seconds: number): string => {
  if (seconds < 100) return seconds === 1 ? 'a second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
