// What all connections to one gateway share: the contracts, who is signed in, the market data lines and the pacing.
import type { Simulation } from '../simulation.ts'
import { ContractBook } from './contract-book.ts'
import { Pacing } from './pacing.ts'

export const ACCOUNT = 'DU1000001'
export const LINES_MAX = 100
/** Ids of clients whose account has delayed data only, and from which on nobody is let in. */
const DELAYED_FROM = 800
const REFUSED_FROM = 900

/** History is paced for the whole gateway, messages for each client. */
export const HISTORY_CREDENTIAL = 'gateway'
export const HISTORY_SCOPE = 'historical'
export const MESSAGE_SCOPE = 'messages'

export interface Gateway {
  simulation: Simulation
  contracts: ContractBook
  pacing: Pacing
  clients: Set<number>
  /** Market data lines in use. */
  lines: number
}

export const newGateway = (simulation: Simulation): Gateway => ({
  simulation,
  contracts: new ContractBook(simulation.market),
  pacing: new Pacing(),
  clients: new Set(),
  lines: 0,
})

export const isRefused = (clientId: number): boolean => clientId >= REFUSED_FROM
export const isDelayed = (clientId: number): boolean => clientId >= DELAYED_FROM && clientId < REFUSED_FROM
