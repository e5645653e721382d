// `GET /api/quotes?symbols=AAPL,MSFT`: the newest quotes with their receipts, for programs without tRPC. The answer is
// text from memory and is not validated here; a test holds it against the schema that types the tRPC procedure.
import type { FastifyInstance } from 'fastify'
import type { TapeQuotes } from '../routed/tape-quotes.ts'
import { tapeQuotesInput } from '../routed/tape-quotes-schema.ts'

/** Programs ask for the same list again and again. */
const LISTS_MAX = 1_000

export function serveQuotes(server: FastifyInstance, quotes: Pick<TapeQuotes, 'json'>): void {
  const lists = new Map<string, readonly string[]>()
  const listOf = (given: unknown): readonly string[] => {
    const text = Array.isArray(given) ? given.join(',') : String(given ?? '')
    const known = lists.get(text)
    if (known) return known
    const { symbols } = tapeQuotesInput.parse({ symbols: text === '' ? [] : text.split(',') })
    if (lists.size >= LISTS_MAX) lists.delete(lists.keys().next().value!)
    lists.set(text, symbols)
    return symbols
  }
  server.get<{ Querystring: { symbols?: string | string[] } }>('/api/quotes', (request, reply) => {
    const body = quotes.json(listOf(request.query.symbols))
    reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
    if (typeof body === 'string') return reply.send(body)
    return body.then((text) => reply.send(text))
  })
}
