// Faults on requests as TWS plays them: there is no status, so each becomes the code that says it here.
import { type Fault, type FaultKind, REQUEST_FAULTS } from '../faults.ts'
import type { Simulation } from '../simulation.ts'
import { NOTICES, type Notice } from './codes.ts'

const ROW_FAULTS: readonly FaultKind[] = ['malformed_row', 'truncated_page', 'empty']
const CONNECTION_FAULTS: readonly FaultKind[] = ['timeout', 'slow', 'cut']

/** Messages that faults may strike, and by what: nobody is refused a plan when asking what a contract is called. */
const STRUCK: Record<number, readonly FaultKind[]> = {
  1: REQUEST_FAULTS,
  9: ['rate_limited', 'server_error', ...CONNECTION_FAULTS],
  20: REQUEST_FAULTS,
  52: ['rate_limited', 'server_error', 'unauthorized', ...CONNECTION_FAULTS],
  71: ['server_error', 'unauthorized', 'token_expired', ...CONNECTION_FAULTS],
  78: ['rate_limited', 'server_error', ...CONNECTION_FAULTS, ...ROW_FAULTS],
}

/** @param path What the log calls the message, `TWS 20 reqHistoricalData ...`. */
export function takeFault(
  { faults }: Simulation,
  number: number,
  { path, credential }: { path: string; credential: string },
): Fault | null {
  const struck = STRUCK[number]
  if (!struck) return null
  const place = { vendor: 'ibkr' as const, path, on: 'request' as const, keys: [credential] }
  // Rows of a contract's description are spoiled only for who names this message.
  const named = faults
    .standing({ ...place, kinds: ROW_FAULTS })
    .some(({ fault }) => fault.match !== undefined)
  return faults.take({ ...place, kinds: named ? [...struck, ...ROW_FAULTS] : struck })
}

/** The code that refuses a request; null for faults that refuse none. */
export function refusalOf(fault: Fault, number: number): Notice | null {
  const history = number === 20
  switch (fault.kind) {
    case 'rate_limited':
      return history ? NOTICES.pacing : NOTICES.livePacing
    case 'server_error':
      return history ? NOTICES.hmdsTimedOut : NOTICES.liveUpdatesFailed
    case 'unauthorized':
    case 'token_expired':
      return history ? NOTICES.otherAddress : NOTICES.competing
    case 'plan_error':
      return history ? NOTICES.noPermission('NASDAQ STK') : NOTICES.notSubscribed('')
    default:
      return null
  }
}
