// `GET /api/quotes?symbols=AAPL,MSFT`: the newest quotes with their receipts, for programs without tRPC. The answer is
// text from memory and is not validated here; a test holds it against the schema that types the tRPC procedure.
import type { FastifyInstance } from 'fastify'
import type { Lent } from '../routed/tape-buffers.ts'
import type { TapeQuotes } from '../routed/tape-quotes.ts'
import { SYMBOLS_MAX, tapeQuotesInput } from '../routed/tape-quotes-schema.ts'

/** Programs ask for the same list again and again. */
const LISTS_MAX = 2_000

const PLAIN = /^[A-Za-z0-9.:@^/-]{1,64}$/

const isPlain = (names: readonly string[]): boolean =>
  names.length > 0 && names.length <= SYMBOLS_MAX && names.every((name) => PLAIN.test(name))

export function serveQuotes(server: FastifyInstance, quotes: Pick<TapeQuotes, 'json'>): void {
  const lists = new Map<string, readonly string[]>()
  const listOf = (given: unknown): readonly string[] => {
    const text = Array.isArray(given) ? given.join(',') : String(given ?? '')
    const known = lists.get(text)
    if (known) return known
    const named = text === '' ? [] : text.split(',')
    // The schema says what is wrong; it need not be asked about what is plainly right.
    const symbols = isPlain(named) ? named : tapeQuotesInput.parse({ symbols: named }).symbols
    if (lists.size >= LISTS_MAX) lists.delete(lists.keys().next().value!)
    lists.set(text, symbols)
    return symbols
  }
  server.get<{ Querystring: { symbols?: string | string[] } }>('/api/quotes', (request, reply) => {
    const answer = quotes.json(listOf(request.query.symbols))
    reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
    const send = ({ bytes, giveBack }: Lent) => {
      reply.raw.once('close', giveBack)
      return reply.send(bytes)
    }
    return answer instanceof Promise ? answer.then(send) : send(answer)
  })
}
