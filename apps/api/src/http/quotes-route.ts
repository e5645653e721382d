// `GET /api/quotes?symbols=AAPL,MSFT`: the newest quotes with their receipts, for programs without tRPC. The answer is
// bytes from memory and is not validated here; a test holds it against the schema that types the tRPC procedure.
// Nothing is waited for where who asks is remembered, or where nobody has to say who they are.
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Auth, Visitor } from '../auth/open-auth.ts'
import { ApiProblem } from '../errors.ts'
import type { Lent } from '../routed/tape-buffers.ts'
import type { TapeQuotes } from '../routed/tape-quotes.ts'

export interface QuotesRouteDeps extends Pick<Auth, 'sessionOf'> {
  quotes: Pick<TapeQuotes, 'json'>
}

export function serveQuotes(server: FastifyInstance, { quotes, sessionOf }: QuotesRouteDeps): void {
  server.get<{ Querystring: { symbols?: string | string[] } }>('/api/quotes', (request, reply) => {
    const answer = (visitor: Visitor) => {
      if (!visitor.user)
        throw new ApiProblem('unauthorized', 'Sign in to see this; a program sends its token as Bearer.')
      const { symbols = '' } = request.query
      const held = quotes.json(typeof symbols === 'string' ? symbols : symbols.join(','))
      return held instanceof Promise ? held.then((lent) => send(reply, lent)) : send(reply, held)
    }
    const visitor = sessionOf(request)
    return visitor instanceof Promise ? visitor.then(answer) : answer(visitor)
  })
}

function send(reply: FastifyReply, { bytes, giveBack }: Lent): FastifyReply {
  reply.raw.once('close', giveBack)
  return reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').send(bytes)
}
