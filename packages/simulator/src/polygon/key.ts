// Who asks: the key of the header or the query. Keys that start with `wrong` are unknown.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { queryText, type VendorRequest } from '../simulation.ts'
import { noKey, notEntitled, wrongKey } from './answers.ts'
import { planOfKey } from './plan.ts'

export const keyOf = (request: FastifyRequest): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ??
  queryText(request as VendorRequest, 'apiKey')

export const isKnown = (key: string): boolean => !key.startsWith('wrong')

export function requireKey(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const key = keyOf(request)
    if (!key) return noKey(request, reply)
    if (!isKnown(key)) return wrongKey(request, reply)
    const plan = planOfKey(key)
    const path = request.url.split('?')[0]!
    const refused =
      (!plan.snapshots && /\/(snapshot|last|last_quote)\//.test(`${path}/`)) ||
      (!plan.financials && /\/(stocks|vX\/reference)\/financials/.test(path))
    if (refused) return notEntitled(request, reply)
  })
}
