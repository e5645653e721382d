// Accounts: which there are, what one holds, and the instruments that it may trade.
import type { FastifyInstance, FastifyReply } from 'fastify'
import { queryText, type Simulation, type VendorRequest } from '../simulation.ts'
import { answered, invalidValue } from './answers.ts'
import { dateTimeText, formatOf } from './date-time.ts'
import { instrumentRow, listingOf } from './instrument.ts'
import { HOME_CURRENCY } from './price.ts'

const ACCOUNT = '101-001-1000001-001'
const LAST_TRANSACTION = '1'
const OPENED = Date.parse('2024-02-01T15:00:00Z') * 1000

export function accountRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/v3/accounts', async (request, reply) =>
    answered(request, reply, { accounts: [{ id: ACCOUNT, tags: [] }] }),
  )
  app.get('/v3/accounts/:account/summary', async (raw, reply) => {
    const request = raw as VendorRequest
    return answered(request, reply, {
      account: {
        id: request.params.account,
        alias: 'Simulated',
        currency: HOME_CURRENCY,
        balance: '100000.0000',
        createdByUserID: 1_000_001,
        createdTime: dateTimeText(OPENED, formatOf(request)),
        marginRate: '0.02',
        openTradeCount: 0,
        openPositionCount: 0,
        pendingOrderCount: 0,
        hedgingEnabled: false,
        unrealizedPL: '0.0000',
        NAV: '100000.0000',
        marginUsed: '0.0000',
        marginAvailable: '100000.0000',
        positionValue: '0.0000',
        lastTransactionID: LAST_TRANSACTION,
      },
      lastTransactionID: LAST_TRANSACTION,
    })
  })
  app.get('/v3/accounts/:account/instruments', async (request, reply) =>
    instruments(request as VendorRequest, reply, simulation),
  )
}

function instruments(request: VendorRequest, reply: FastifyReply, { market }: Simulation): FastifyReply {
  const names = queryText(request, 'instruments')?.split(',')
  const listings = names ? names.map((name) => listingOf(market, name)) : market.universe.fx
  const known = listings.filter((l) => l !== null)
  if (known.length < listings.length) return invalidValue(reply, 'instruments')
  const rows: unknown[] = request.rowFault === 'empty' ? [] : known.map(instrumentRow)
  if (request.rowFault === 'malformed_row' && rows.length > 0) {
    rows[Math.floor(rows.length / 2)] = { name: null, type: 'CURRENCY', displayPrecision: 'five' }
  }
  return answered(request, reply, { instruments: rows, lastTransactionID: LAST_TRANSACTION })
}
