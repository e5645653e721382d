// What happens to every message before its handler: it is counted against the client's rate, logged, and played a
// fault when one is ordered.
import { type Fault, VALUE_FAULTS } from '../faults.ts'
import { bentMarket } from '../market/bent-market.ts'
import type { Market } from '../market/market.ts'
import type { LoggedRequest } from '../request-log.ts'
import type { RowFault, Simulation } from '../simulation.ts'
import { NOBODY, NOTICES } from './codes.ts'
import { MESSAGE_SCOPE } from './gateway.ts'
import { HANDLERS } from './handlers.ts'
import { refusalOf, takeFault } from './request-fault.ts'
import { describe } from './requests.ts'
import type { TwsSession } from './session.ts'

const START_API = 71
/** Who goes on after so many warnings about the message rate is shown out. */
const RATE_WARNINGS_MAX = 3

/** One message on its way to an answer. */
export interface Request {
  number: number
  fields: string[]
  reqId: string
  /** Prices as this request shall see them. */
  view: Market
  rowFault: RowFault | null
  entry: LoggedRequest
}

export function receive(session: TwsSession, fields: string[]): void {
  const { simulation } = session.gateway
  const number = Number(fields[0])
  const credential = String(session.clientId ?? fields[2] ?? '')
  const counter = `ibkr ${number}`
  simulation.requests.set(counter, (simulation.requests.get(counter) ?? 0) + 1)
  const entry = simulation.log.note({ vendor: 'ibkr', path: describe(number, fields), credential })
  const { refusedBy } = simulation.quotas.take({ vendor: 'ibkr', credential, path: MESSAGE_SCOPE })
  if (refusedBy) {
    session.refuse({ reqId: String(NOBODY), entry }, NOTICES.messageRate(refusedBy.limit + 1))
    if (++session.rateWarnings >= RATE_WARNINGS_MAX) session.end()
  } else if (session.clientId === null && number !== START_API) session.cut()
  else answer(session, { number, fields, entry, credential })
}

interface Message {
  number: number
  fields: string[]
  entry: LoggedRequest
  /** The client's id. */
  credential: string
}

function answer(session: TwsSession, message: Message): void {
  const { number, fields, entry, credential } = message
  const { simulation } = session.gateway
  const reqId = fields[reqIdAt(number)] ?? String(NOBODY)
  const fault = takeFault(simulation, number, { path: entry.path, credential })
  entry.fault = fault?.kind ?? null
  if (fault?.kind === 'timeout') return
  if (fault?.kind === 'cut') {
    session.cut()
    return
  }
  if (fault?.kind !== 'slow') {
    handle(session, message, { reqId, fault })
    return
  }
  session.held.add(reqId)
  simulation.wall.after(fault.delayMs, () => {
    if (session.held.delete(reqId)) handle(session, message, { reqId, fault: null })
  })
}

function handle(
  session: TwsSession,
  { number, fields, entry, credential }: Message,
  { reqId, fault }: { reqId: string; fault: Fault | null },
): void {
  if (number === START_API) {
    // There is no word for it before one is signed in.
    if (fault) session.cut()
    else session.start(fields, entry)
    return
  }
  const refusal = fault && refusalOf(fault, number)
  const handler = HANDLERS[number]
  if (refusal) session.refuse({ reqId, entry }, refusal)
  else if (!handler) session.refuse({ reqId: String(NOBODY), entry }, NOTICES.unknownMessage)
  else {
    entry.status = 200
    const view = viewOf(session.gateway.simulation, entry, credential)
    try {
      handler(session, { number, fields, reqId, entry, view, rowFault: rowFaultOf(fault) })
    } catch (error) {
      // Fields that make no sense must not end the connection of others.
      session.refuse({ reqId, entry }, NOTICES.failed((error as Error).message))
    }
  }
}

function viewOf({ market, faults }: Simulation, entry: LoggedRequest, credential: string): Market {
  const place = { vendor: 'ibkr' as const, path: entry.path, on: 'request' as const, keys: [credential] }
  const values = faults.standing({ ...place, kinds: VALUE_FAULTS })
  if (values.length === 0) return market
  return bentMarket(market, values, (kind) => {
    entry.fault = kind
  })
}

/** Messages that begin with a version have their running number after it. */
const reqIdAt = (number: number): number => (number === 20 || number === 78 || number === 87 ? 1 : 2)

function rowFaultOf(fault: Fault | null): RowFault | null {
  const kind = fault?.kind
  return kind === 'malformed_row' || kind === 'truncated_page' || kind === 'empty' ? kind : null
}
