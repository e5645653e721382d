// What is done with each message of a client, by its number.
import { message } from './frames.ts'
import { ACCOUNT } from './gateway.ts'
import { cancelHistory, fundamentals, history } from './history-handlers.ts'
import type { Request } from './intake.ts'
import { cancelMarketData, marketData } from './market-data-handlers.ts'
import { contractDetails, headTimestamp, optionParameters } from './reference-handlers.ts'
import type { TwsSession } from './session.ts'

export type Handler = (session: TwsSession, request: Request) => void

const nothing: Handler = () => {}

export const HANDLERS: Record<number, Handler | undefined> = {
  1: marketData,
  2: cancelMarketData,
  8: (session) => session.send(message(9, 1, 1)),
  9: contractDetails,
  17: (session) => session.send(message(15, 1, ACCOUNT)),
  20: history,
  25: cancelHistory,
  49: (session) =>
    session.send(message(49, 1, Math.floor(session.gateway.simulation.clock.now() / 1_000_000))),
  52: fundamentals,
  53: nothing,
  59: (session, { fields }) => {
    session.marketDataType = Number(fields[2]) || 1
  },
  78: optionParameters,
  87: headTimestamp,
  90: nothing,
}
