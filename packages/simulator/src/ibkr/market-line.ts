// A market data line: the opening picture, then what changes, until it is cancelled.
import { MINUTE_US, type Micros } from '@onetape/market'
import type { Simulation } from '../simulation.ts'
import type { Contract } from './contract.ts'
import { followedOf } from './index-contract.ts'
import { type Picture, pictureOf, pictureOfTick } from './picture.ts'
import { tickMessages } from './ticks.ts'

export const DELAY_US = 15 * MINUTE_US
/** How often is looked at what the pump does not tell about: delayed prices, and options. */
const LOOK_MS = 1_000
export const STREAM_PATH = '/tws'

export interface LineTerms {
  reqId: string
  contract: Contract
  delayed: boolean
  generic: readonly string[]
}

/** Sends messages of one change together; `spoiled` gives the same with a word in it. */
export type SendTicks = (messages: string[], symbol: string, spoiled: () => string[]) => void

/** @returns the way to stop. */
export function openLine(terms: LineTerms, simulation: Simulation, send: SendTicks): () => void {
  const { contract } = terms
  const { market, clock, pump, wall } = simulation
  let shown: Picture | null = null
  const show = (picture: Picture) => {
    const from = shown
    const messages = tickMessages(from, picture, terms)
    if (messages.length === 0) return
    shown = picture
    send(messages, contract.listing.symbol, () => tickMessages(from, picture, { ...terms, spoiled: true }))
  }
  const asOf = (): Micros => clock.now() - (terms.delayed ? DELAY_US : 0)
  if (terms.delayed || contract.option) {
    show(pictureOf(market, contract, asOf()))
    return wall.every(LOOK_MS, () => show(pictureOf(market, contract, asOf())))
  }
  const followed = followedOf(contract.listing)
  const first = pump.last(followed, STREAM_PATH)
  if (first) show({ ...pictureOf(market, contract, asOf()), ...pictureOfTick(market, contract, first) })
  return pump.follow({
    listings: () => [followed],
    path: STREAM_PATH,
    onTicks: (ticks) => {
      for (const tick of ticks) show(pictureOfTick(market, contract, tick))
    },
  })
}
