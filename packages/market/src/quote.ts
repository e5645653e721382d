import type { Micros } from './instant.ts'
import type { SymbolRef } from './instrument.ts'

/**
 * One observed price of one instrument, in its currency. `null` means that the vendor did not say: a vendor's
 * zero price or zero bid is null here, never 0. Sizes and volume are in units of the instrument (shares, coins).
 */
export interface Quote extends SymbolRef {
  /** Event time by the vendor's clock. */
  ts: Micros
  /** `response` where the vendor gave no event time and the answer's own Date stands in. */
  tsOrigin: 'vendor' | 'response'
  last: number | null
  bid: number | null
  ask: number | null
  bidSize: number | null
  askSize: number | null
  /** Cumulative volume of the session at `ts`; never summed. */
  volume: number | null
  /** Which of the vendor's tapes it came from: `sip`, `iex`, `delayed`, `coinbase`. */
  feed: string
  /** Minutes by which this feed runs behind the venue; 0 for live. */
  delayedMinutes: number
  currency: string
}
