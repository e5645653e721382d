// Requests for history, paced, and for the fundamentals that nobody gets any more.
import { barAsk, nameOf } from './bar-ask.ts'
import { barsOf } from './bars.ts'
import { NOTICES } from './codes.ts'
import type { Contract } from './contract.ts'
import { HISTORY_CREDENTIAL, HISTORY_SCOPE } from './gateway.ts'
import type { Handler } from './handlers.ts'
import { historyMessage } from './history.ts'
import { marketOf } from './index-contract.ts'
import type { Request } from './intake.ts'
import { DELAY_US } from './market-line.ts'
import { oneContract } from './one-contract.ts'
import { companyAsk, contractAsk } from './requests.ts'
import type { TwsSession } from './session.ts'

/** Fields after the contract: end, length, how far back, hours, what, format, and whether to go on. */
const AFTER_CONTRACT = 15

export const history: Handler = (session, request) => {
  const { reqId, fields, rowFault } = request
  const contract = oneContract(session, request, contractAsk(fields, 2))
  if (!contract) return
  const [end = '', barSize = '', duration = '', useRth = '', show = '', formatDate = '', goOn = ''] =
    fields.slice(AFTER_CONTRACT)
  if (goOn === '1') {
    return session.refuse(request, NOTICES.invalid('keepUpToDate is not available from this server'))
  }
  const { clock } = session.gateway.simulation
  const now = clock.now() - (session.delayedOnly ? DELAY_US : 0)
  const ask = barAsk({ end, barSize, duration, useRth, show, formatDate }, contract, now)
  if ('code' in ask) return session.refuse(request, ask)
  if (!paced(session, request, contract, show)) return session.refuse(request, NOTICES.pacing)
  if (contract.abroad) {
    return session.refuse(request, NOTICES.noPermission(`${contract.primaryExch} ${contract.secType}`))
  }
  const { listing } = contract
  const source = { market: marketOf(request.view, listing), listing, ask, now }
  // Trades of single options are not kept.
  const bars = rowFault === 'empty' || contract.option ? [] : barsOf(source)
  if (bars.length === 0) {
    return session.refuse(request, NOTICES.noData(`${nameOf(contract)} ${titleOf(show)}`))
  }
  const hasVolume = contract.secType !== 'IND'
  session.send(historyMessage(reqId, bars, { ask, decimals: decimalsOf(contract), hasVolume, rowFault }))
}

export const cancelHistory: Handler = (session, request) => {
  const { reqId } = request
  const held = session.held.delete(reqId)
  session.refuse(request, held ? NOTICES.cancelled(reqId) : NOTICES.unknownHistory(reqId))
}

export const fundamentals: Handler = (session, request) => {
  const contract = oneContract(session, request, companyAsk(request.fields))
  if (!contract) return
  const company = contract.secType === 'STK' && contract.listing.type !== 'ETF'
  session.refuse(request, company ? NOTICES.fundamentalsNotAllowed : NOTICES.noFundamentals)
}

/** Counts a request; bid and ask together are two. With limits off nothing is paced. */
function paced(session: TwsSession, { fields }: Request, contract: Contract, show: string): boolean {
  const { simulation, pacing } = session.gateway
  const weight = show.toUpperCase() === 'BID_ASK' ? 2 : 1
  const ask = { vendor: 'ibkr' as const, credential: HISTORY_CREDENTIAL, path: HISTORY_SCOPE, weight }
  const { refusedBy, states } = simulation.quotas.take(ask)
  if (refusedBy) return false
  if (states.length === 0) return true
  const whole = fields.slice(2).join(' ')
  return pacing.take({ whole, kind: `${contract.conId} ${fields[9]} ${show}` }, simulation.wall.nowMs())
}

/** Prices on the basis of today may fall between cents. */
const decimalsOf = ({ listing }: Contract): number =>
  listing.kind === 'equity' ? 4 : Math.round(Math.log10(listing.stepsPerDollar!))

/** `Trades`, `BidAsk` */
const titleOf = (show: string): string =>
  show
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
