// Access tokens: half an hour of real time each, told apart by the app and the sign-in that they were issued to. Any app
// and any sign-in is good, but for those starting with `wrong`, and sign-ins starting with `expired`, which ran out;
// `delayed` and `free` stand for a user who has not signed the exchanges' agreements.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hexText } from '../market/hash.ts'
import type { WallTime } from '../wall-time.ts'

export const TOKEN_LIFE_S = 1800
const ISSUED_MAX = 10_000

export interface SignIn {
  clientId: string
  refreshToken: string
}

export interface Access extends SignIn {
  /** The user sees prices a quarter of an hour late. */
  delayed: boolean
}

export class Tokens {
  readonly #wall: Pick<WallTime, 'nowMs'>
  readonly #issued = new Map<string, { access: Access; endsAtMs: number }>()
  #count = 0

  constructor(wall: Pick<WallTime, 'nowMs'>) {
    this.#wall = wall
  }

  issue({ clientId, refreshToken }: SignIn): string {
    const app = Buffer.from(clientId).toString('base64url')
    const token = `I0.${app}.${hexText(`${clientId} ${refreshToken} ${this.#count++}`, 40)}@`
    const delayed = [clientId, refreshToken].some((text) => /^(delayed|free)/.test(text))
    const endsAtMs = this.#wall.nowMs() + TOKEN_LIFE_S * 1000
    this.#issued.set(token, { access: { clientId, refreshToken, delayed }, endsAtMs })
    if (this.#issued.size > ISSUED_MAX) this.#issued.delete(this.#issued.keys().next().value!)
    return token
  }

  /** Who a token speaks for; null when it is unknown or has run out. */
  accessOf(token: string | null): Access | null {
    const known = token === null ? undefined : this.#issued.get(token)
    return known && known.endsAtMs > this.#wall.nowMs() ? known.access : null
  }

  revoke(token: string): void {
    this.#issued.delete(token)
  }
}

const stores = new WeakMap<FastifyInstance, Tokens>()

/** Makes a server's tokens known to its refusals. */
export const keepTokens = (app: FastifyInstance, tokens: Tokens): void => {
  stores.set(app, tokens)
}

/** The app, the sign-in and the token itself: each names one credential to a fault. */
export function keysOf(request: FastifyRequest): string[] {
  const bearer = bearerOf(request)
  const access = stores.get(request.server)?.accessOf(bearer)
  const keys = [bearer, appOf(bearer), access?.clientId, access?.refreshToken]
  return keys.filter((key): key is string => typeof key === 'string' && key !== '')
}

/** A token that was said to have run out is good no more. */
export function revokeTokenOf(request: FastifyRequest): void {
  const token = bearerOf(request)
  if (token !== null) stores.get(request.server)?.revoke(token)
}

export const bearerOf = ({ headers }: Pick<FastifyRequest, 'headers'>): string | null =>
  /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null

/** The app that a token was issued to, as its text says; '' where there is none to read. */
export function appOf(token: string | null): string {
  const app = /^I0\.([\w-]*)\./.exec(token ?? '')?.[1] ?? ''
  return Buffer.from(app, 'base64url').toString()
}
