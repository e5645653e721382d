// `GET /api/quotes?symbols=AAPL,MSFT`: the newest quotes with their receipts, for programs without tRPC. The answer is
// bytes from memory and is not validated here; a test holds it against the schema that types the tRPC procedure.
import type { FastifyInstance } from 'fastify'
import type { Lent } from '../routed/tape-buffers.ts'
import type { TapeQuotes } from '../routed/tape-quotes.ts'

export function serveQuotes(server: FastifyInstance, quotes: Pick<TapeQuotes, 'json'>): void {
  server.get<{ Querystring: { symbols?: string | string[] } }>('/api/quotes', (request, reply) => {
    const { symbols = '' } = request.query
    const answer = quotes.json(typeof symbols === 'string' ? symbols : symbols.join(','))
    reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
    const send = ({ bytes, giveBack }: Lent) => {
      reply.raw.once('close', giveBack)
      return reply.send(bytes)
    }
    return answer instanceof Promise ? answer.then(send) : send(answer)
  })
}
