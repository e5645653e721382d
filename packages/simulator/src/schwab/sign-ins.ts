// What a person's consent becomes: a code for the app, good once and for half a minute, then a refresh token that says
// when it was issued and runs out after seven days of real time. Tokens of other making are good for ever.
import { hexText } from '../market/hash.ts'
import type { WallTime } from '../wall-time.ts'

const CODE_LIFE_MS = 30_000
export const REFRESH_LIFE_MS = 7 * 86_400_000
/** Consents that nobody fetched a token for. */
const CODES_MAX = 1_000

export interface Consent {
  clientId: string
  redirectUri: string
  /** The person has not signed the exchanges' agreements. */
  delayed: boolean
}

export class SignIns {
  readonly #wall: Pick<WallTime, 'nowMs'>
  readonly #codes = new Map<string, Consent & { endsAtMs: number }>()
  #count = 0

  constructor(wall: Pick<WallTime, 'nowMs'>) {
    this.#wall = wall
  }

  codeFor(consent: Consent): string {
    const now = this.#wall.nowMs()
    const code = `C0.${hexText(`${consent.clientId} ${now} ${this.#count++}`, 40)}@`
    this.#codes.set(code, { ...consent, endsAtMs: now + CODE_LIFE_MS })
    if (this.#codes.size > CODES_MAX) this.#codes.delete(this.#codes.keys().next().value!)
    return code
  }

  /** The refresh token for a code, which is used up by asking; null where it is none for this app and address. */
  redeem(code: string, app: { clientId: string; redirectUri: string }): string | null {
    const consent = this.#codes.get(code)
    this.#codes.delete(code)
    const now = this.#wall.nowMs()
    if (!consent || consent.endsAtMs <= now) return null
    if (consent.clientId !== app.clientId || consent.redirectUri !== app.redirectUri) return null
    const issued = Math.floor(now).toString(36)
    return `${consent.delayed ? 'delayed.' : ''}R0.${issued}.${hexText(`${code} ${issued}`, 40)}@`
  }

  hasRunOut(refreshToken: string): boolean {
    const issued = /^(?:delayed\.)?R0\.([0-9a-z]{6,12})\.[0-9a-f]{40}@$/.exec(refreshToken)?.[1]
    return issued !== undefined && Number.parseInt(issued, 36) + REFRESH_LIFE_MS <= this.#wall.nowMs()
  }
}
