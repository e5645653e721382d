// The one contract that a request for data means, or the refusal.
import { NOTICES } from './codes.ts'
import type { Contract } from './contract.ts'
import type { Request } from './intake.ts'
import type { ContractAsk } from './requests.ts'
import type { TwsSession } from './session.ts'

export function oneContract(session: TwsSession, request: Request, ask: ContractAsk): Contract | null {
  const { contracts, simulation } = session.gateway
  const [first, ...others] = contracts.find(ask, request.view, simulation.clock.now())
  if (first && others.length === 0) return first
  session.refuse(request, first ? NOTICES.ambiguous(ask.symbol) : NOTICES.noDefinition)
  return null
}

/** `AAPL NASDAQ.NMS/TOP/ALL`, as the refusals name it. */
export const topOf = ({ localSymbol, primaryExch, tradingClass }: Contract): string =>
  `${localSymbol} ${primaryExch}.${tradingClass}/TOP/ALL`
