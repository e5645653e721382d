// Any key opens the simulated Polygon, but for two sorts that let refusals be seen: keys starting with `wrong` are
// unknown, keys starting with `free` have the plan without snapshots.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { queryText, type VendorRequest } from '../simulation.ts'
import { noKey, notEntitled, wrongKey } from './answers.ts'

/** The key of the header or the query. */
export const keyOf = (request: FastifyRequest): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ??
  queryText(request as VendorRequest, 'apiKey')

export function requireKey(app: FastifyInstance): void {
  app.addHook<{ Querystring: Record<string, string | undefined>; Params: Record<string, string> }>(
    'onRequest',
    async (request, reply) => {
      const key = keyOf(request)
      if (!key) return noKey(request, reply)
      if (key.startsWith('wrong')) return wrongKey(request, reply)
      if (key.startsWith('free') && request.url.includes('/snapshot')) return notEntitled(request, reply)
    },
  )
}
