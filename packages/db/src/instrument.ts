// Instruments as the tape's readers and writers speak of them.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { instruments } from './schema/index.ts'

export interface Instrument {
  id: number
  key: string
  assetClass: AssetClass
  /** The current house symbol. */
  symbol: string
  name: string | null
  currency: string
  listingType: string | null
}

export interface FoundInstrument extends Instrument {
  pastSymbols: string[]
}

export interface InstrumentToMint {
  ref: SymbolRef
  /** Default: `instrumentKey(ref)`. */
  key?: string
  name?: string | null
  /** Default: the quote currency of a pair, else USD. */
  currency?: string
  listingType?: string | null
  listedOn?: string | null
  /** When the symbol named it; null or left out is open. */
  validFrom?: string | null
  validTo?: string | null
}

/** A name for a while. `validTo` is the last day, inclusive; null is open. */
export interface SymbolSpan {
  symbol: string
  validFrom: string | null
  validTo: string | null
}

/** The house's own names; other providers' rows bear the provider's. */
export const HOUSE = '*'

/** For queries through Drizzle. */
export const instrumentColumns = {
  id: instruments.id,
  key: instruments.key,
  assetClass: instruments.assetClass,
  symbol: instruments.symbol,
  name: instruments.name,
  currency: instruments.currency,
  listingType: instruments.listingType,
}

/** For queries as text, of a table named or aliased `i`. */
export const INSTRUMENT_COLUMNS = `i.id, i.key, i.asset_class as "assetClass", i.symbol, i.name, i.currency,
  i.listing_type as "listingType"`
