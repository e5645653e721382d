// Any key pair opens the simulated Alpaca: keys starting with `wrong` are unknown, those starting with `free`, `iex` or
// `delayed` have the plan without real-time SIP and OPRA data. Crypto needs no key.
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { refuse } from './answers.ts'

export const keyOf = (headers: IncomingHttpHeaders): string => text(headers['apca-api-key-id'])
const secretOf = (headers: IncomingHttpHeaders): string => text(headers['apca-api-secret-key'])

export const isFree = (key: string): boolean => /^(free|iex|delayed)/.test(key)
export const isKnown = (key: string, secret: string): boolean =>
  key !== '' && secret !== '' && !key.startsWith('wrong') && !secret.startsWith('wrong')

/** Whether the handshake of a socket already carries a good key; null when it carries none. */
export function headerSignIn(headers: IncomingHttpHeaders): { key: string; good: boolean } | null {
  const key = keyOf(headers)
  return key === '' ? null : { key, good: isKnown(key, secretOf(headers)) }
}

export function requireKeys(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const key = keyOf(request.headers)
    if (request.url.startsWith('/alpaca/v1beta3/crypto/') && key === '') return
    if (!isKnown(key, secretOf(request.headers))) return refuse(reply, 403, 'forbidden.')
  })
}

const text = (header: string | string[] | undefined): string =>
  (Array.isArray(header) ? header[0] : header) ?? ''
