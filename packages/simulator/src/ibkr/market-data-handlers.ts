// Requests for market data: a snapshot that ends, or a line that goes on.
import { NOTICES } from './codes.ts'
import type { Contract } from './contract.ts'
import { minTick } from './contract-details.ts'
import { message } from './frames.ts'
import { LINES_MAX } from './gateway.ts'
import type { Handler } from './handlers.ts'
import type { Request } from './intake.ts'
import { DELAY_US, type LineTerms, openLine } from './market-line.ts'
import { oneContract, topOf } from './one-contract.ts'
import { pictureOf } from './picture.ts'
import { contractAsk } from './requests.ts'
import type { TwsSession } from './session.ts'
import { tickMessages } from './ticks.ts'

const LIVE = 1
const DELAYED = 3

export const marketData: Handler = (session, request) => {
  const { gateway, lines } = session
  const { reqId, fields } = request
  const contract = oneContract(session, request, contractAsk(fields, 3))
  if (!contract) return
  // After the contract: the mark of a delta-neutral combination, which nobody asks for here.
  const [, generic = '', snapshot = '0', regulatory = '0'] = fields.slice(15)
  const once = isTrue(snapshot) || isTrue(regulatory)
  if (once && generic !== '') {
    const cause = 'Snapshot market data subscription is not applicable to generic ticks'
    return session.refuse(request, NOTICES.invalid(cause))
  }
  if (lines.has(reqId)) return session.refuse(request, NOTICES.failed('Duplicate ticker id'))
  if (gateway.lines >= LINES_MAX) return session.refuse(request, NOTICES.tooManyLines)
  const delayed = accessTo(session, request, contract)
  if (delayed === null) return
  const terms: LineTerms = {
    reqId,
    contract,
    delayed,
    generic: generic.split(',').map((g) => g.trim()),
  }
  session.send(
    message(81, reqId, minTick(contract), contract.secType === 'STK' ? '9c0001' : '', 3),
    message(58, 1, reqId, delayed ? DELAYED : LIVE),
  )
  if (once) return snapshotOf(session, request, terms)
  gateway.lines++
  // Taken before it opens: what it sends first may cut the connection.
  lines.set(reqId, () => {})
  const stop = openLine(terms, gateway.simulation, (messages, symbol, spoiled) =>
    session.sendTicks(messages, symbol, spoiled),
  )
  if (lines.has(reqId)) lines.set(reqId, stop)
  else stop()
}

export const cancelMarketData: Handler = (session, request) => {
  const { lines, gateway } = session
  const stop = lines.get(request.reqId)
  if (!stop) return session.refuse(request, NOTICES.unknownLine(request.reqId))
  stop()
  lines.delete(request.reqId)
  gateway.lines--
}

/** Whether delayed data is given, or null when a refusal was sent. */
function accessTo(session: TwsSession, request: Request, contract: Contract): boolean | null {
  if (!session.delayedOnly && !contract.abroad) return false
  if (session.marketDataType < DELAYED || contract.abroad) {
    // Which of the two codes comes depends on the exchange.
    const notice = contract.primaryExch === 'NASDAQ' ? NOTICES.moreNeeded : NOTICES.notSubscribed
    session.refuse(request, notice(topOf(contract)))
    return null
  }
  session.notice(request.reqId, NOTICES.delayedShown)
  return true
}

function snapshotOf(session: TwsSession, { reqId, view, rowFault }: Request, terms: LineTerms): void {
  const now = session.gateway.simulation.clock.now() - (terms.delayed ? DELAY_US : 0)
  const spoiled = rowFault === 'malformed_row'
  const ticks = tickMessages(null, pictureOf(view, terms.contract, now), { ...terms, spoiled })
  if (rowFault !== 'empty') {
    // One that breaks off says no more, not even that it has ended.
    session.send(...(rowFault === 'truncated_page' ? ticks.slice(0, Math.ceil(ticks.length / 2)) : ticks))
  }
  if (rowFault !== 'truncated_page') session.send(message(57, 1, reqId))
}

const isTrue = (text: string): boolean => text === '1' || text.toLowerCase() === 'true'
