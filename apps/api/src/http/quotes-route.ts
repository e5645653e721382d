// `GET /api/quotes?symbols=AAPL,MSFT`: the newest quotes with their receipts, for programs without tRPC. The answer is
// bytes from memory and is not validated here; a test holds it against the schema that types the tRPC procedure.
// Nothing is waited for where who asks is remembered, or where nobody has to say who they are.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Auth, Visitor } from '../auth/open-auth.ts'
import { ApiProblem } from '../errors.ts'
import type { Lent } from '../routed/tape-buffers.ts'
import type { TapeQuotes } from '../routed/tape-quotes.ts'
import { SECURITY_HEADERS } from './guard.ts'

export interface QuotesRouteDeps extends Pick<Auth, 'sessionOf'> {
  quotes: Pick<TapeQuotes, 'json'>
}

const HEAD = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }
/** Names and values in turn: Node writes them without making an object of them first. */
const PLAIN_HEAD = Object.entries({ ...SECURITY_HEADERS, ...HEAD }).flat()

export function serveQuotes(server: FastifyInstance, { quotes, sessionOf }: QuotesRouteDeps): void {
  server.get<{ Querystring: { symbols?: string | string[] } }>('/api/quotes', (request, reply) => {
    const answer = (visitor: Visitor) => {
      if (!visitor.user)
        throw new ApiProblem('unauthorized', 'Sign in to see this; a program sends its token as Bearer.')
      const { symbols = '' } = request.query
      const held = quotes.json(typeof symbols === 'string' ? symbols : symbols.join(','))
      return held instanceof Promise
        ? held.then((lent) => send(request, reply, lent))
        : send(request, reply, held)
    }
    const visitor = sessionOf(request)
    return visitor instanceof Promise ? visitor.then(answer) : answer(visitor)
  })
}

/** Whoever takes no compressed answer is written to at once: what Fastify does with an answer costs more than ours. */
function send({ headers }: FastifyRequest, reply: FastifyReply, { bytes, giveBack }: Lent): FastifyReply {
  reply.raw.once('close', giveBack)
  if (headers['accept-encoding'] !== undefined) return reply.headers(HEAD).send(bytes)
  reply
    .hijack()
    .raw.writeHead(200, [...PLAIN_HEAD, 'content-length', String(bytes.length)])
    .end(bytes)
  return reply
}
