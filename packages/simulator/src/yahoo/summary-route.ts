// GET /v10/finance/quoteSummary/{symbol}?modules=a,b: facts by module, behind a crumb.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { queryText, type Simulation, sendJson, type VendorRequest } from '../simulation.ts'
import { yahooFacts } from './facts.ts'
import { allWithText } from './formatted.ts'
import { listingOf } from './names.ts'
import { MODULES, subjectOf } from './summary-modules.ts'
import { crumbFits, invalidCrumb } from './ticket.ts'

export function summaryRoute(app: FastifyInstance, { clock }: Simulation): void {
  app.get('/v10/finance/quoteSummary/:symbol', async (raw, reply) => {
    const request = raw as VendorRequest
    if (!crumbFits(request, queryText(request, 'crumb'))) return invalidCrumb(reply)
    const names = (queryText(request, 'modules') ?? '').split(',').filter(Boolean)
    if (names.length === 0) {
      const code = 'Bad Request'
      return refuse(reply, { status: 400, code, description: 'No query parameter "modules" found' })
    }
    const now = clock.now()
    const symbol = request.params.symbol!
    const listing = listingOf(request.market, symbol)
    const facts = listing && yahooFacts(request.market, listing, now)
    if (!facts) {
      const description = `Quote not found for symbol: ${symbol}`
      return refuse(reply, { status: 404, code: 'Not Found', description })
    }
    const subject = subjectOf(request.market, facts, now)
    const formatted = queryText(request, 'formatted') === 'true'
    const found = names
      .map(
        (name) => [name, request.rowFault === 'empty' ? null : (MODULES[name]?.(subject) ?? null)] as const,
      )
      .filter(([, module]) => module !== null)
      .map(([name, module]) => [name, formatted ? allWithText(module!) : module])
    if (found.length === 0) {
      const description = `No fundamentals data found for any of the summaryTypes=${names.join(',')}`
      return refuse(reply, { status: 404, code: 'Not Found', description })
    }
    if (request.rowFault === 'malformed_row') found[0]![1] = 'n/a'
    return sendJson(reply, 200, { quoteSummary: { result: [Object.fromEntries(found)], error: null } })
  })
}

const refuse = (
  reply: FastifyReply,
  { status, code, description }: { status: number; code: string; description: string },
) => sendJson(reply, status, { quoteSummary: { result: null, error: { code, description } } })
