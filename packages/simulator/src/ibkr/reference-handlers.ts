// Requests about contracts: what they are, which options there are, and since when there is history.
import { begunSession } from '../market/calendar.ts'
import { expiriesOf, optionChain } from '../market/options.ts'
import { NOTICES } from './codes.ts'
import { OPTION_VENUES } from './contract.ts'
import { contractEnd, contractMessage } from './contract-details.ts'
import { message } from './frames.ts'
import type { Handler } from './handlers.ts'
import { oneContract } from './one-contract.ts'
import { contractAsk } from './requests.ts'

export const contractDetails: Handler = (session, request) => {
  const { contracts, simulation } = session.gateway
  const { fields, reqId, view, rowFault } = request
  const now = simulation.clock.now()
  const ask = contractAsk(fields, 3)
  const found = contracts.find(ask, view, now)
  if (found.length === 0) return session.refuse(request, NOTICES.noDefinition)
  const rows = found.map((contract) => contractMessage(reqId, contract, { exchange: ask.exchange, now }))
  if (rowFault === 'malformed_row') rows[Math.floor(rows.length / 2)] = message(10, reqId, 'n/a')
  if (rowFault !== 'empty') session.send(...rows)
  if (rowFault !== 'truncated_page') session.send(contractEnd(reqId))
}

/** `underlyingConId` names the underlying; its symbol alone is not enough. */
export const optionParameters: Handler = (session, request) => {
  const { contracts, simulation } = session.gateway
  const { fields, reqId, view, rowFault } = request
  const now = simulation.clock.now()
  const [symbol = '', , secType = '', conId = ''] = fields.slice(2)
  const blank = {
    expiry: '',
    strike: 0,
    right: '',
    exchange: '',
    primaryExch: '',
    currency: '',
    localSymbol: '',
  }
  const [underlying] = contracts.find({ conId: Number(conId), symbol, secType, ...blank }, view, now)
  if (!underlying || Number(conId) === 0) {
    return session.refuse(request, NOTICES.invalid('Invalid contract id'))
  }
  const { listing } = underlying
  const date = begunSession(listing, now).date
  const expiries = underlying.abroad || secType !== 'STK' ? [] : expiriesOf(listing, date)
  const strikes = new Set(
    expiries.flatMap((expiry) => optionChain(view, listing, expiry, now).map(({ strike }) => strike)),
  )
  const days = expiries.map((expiry) => expiry.date.replaceAll('-', ''))
  const prices = [...strikes].sort((a, b) => a - b)
  const spoiled = rowFault === 'malformed_row' ? ['n/a'] : prices
  if (rowFault !== 'empty' && days.length > 0) {
    for (const venue of OPTION_VENUES) {
      session.send(
        message(
          75,
          reqId,
          venue,
          underlying.conId,
          underlying.symbol,
          100,
          days.length,
          ...days,
          spoiled.length,
          ...spoiled,
        ),
      )
    }
  }
  if (rowFault !== 'truncated_page') session.send(message(76, reqId))
}

export const headTimestamp: Handler = (session, request) => {
  const contract = oneContract(session, request, contractAsk(request.fields, 2))
  if (!contract) return
  const day = contract.listing.listed.replaceAll('-', '')
  session.send(message(88, request.reqId, `${day}-14:30:00`))
}
