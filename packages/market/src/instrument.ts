import { z } from 'zod'

/** What kind of thing is priced. It decides the venue, the house order of providers and the symbol grammar. */
export const ASSET_CLASSES = ['equity', 'crypto', 'fx', 'index', 'option'] as const
export const assetClassSchema = /* @__PURE__ */ z.enum(ASSET_CLASSES)
export type AssetClass = z.infer<typeof assetClassSchema>

/**
 * A name as the house writes it: `AAPL`, `BRK.B`, `BTC-USD`, `EUR-USD`, `SPX`. A symbol names an instrument
 * only for a while (`instrument_symbols`); adapters translate the vendor's spelling to this one and back.
 */
export interface SymbolRef {
  assetClass: AssetClass
  symbol: string
}

/**
 * The canonical key of an instrument, the same in every environment:
 * `equity:US:AAPL` · `equity:US:FB@1999-09-29` (a reused ticker adds its listing date) · `crypto:BTC-USD` ·
 * `fx:EUR-USD` · `index:US:SPX` · `option:US:AAPL:2024-05-17:P:190`
 */
export type InstrumentKey = string

const KEY =
  /^(?:(?:equity|index):US:[A-Z0-9][A-Z0-9.\-/^]{0,15}(?:@\d{4}-\d{2}-\d{2})?|(?:crypto|fx):[A-Z0-9]{1,15}-[A-Z0-9]{2,15}|option:US:[A-Z0-9.]{1,8}:\d{4}-\d{2}-\d{2}:[CP]:\d+(?:\.\d+)?)$/

// Marked pure, like every schema here: a browser that uses the words alone then carries no zod.
export const instrumentKeySchema = /* @__PURE__ */ (() =>
  z.string().regex(KEY, 'not an instrument key, e.g. equity:US:AAPL or crypto:BTC-USD'))()

export const isInstrumentKey = (text: string): boolean => KEY.test(text)

/** The key that a symbol mints when no instrument bears it yet. `listed` is given for a reused ticker only. */
export function instrumentKey(ref: SymbolRef, listed?: string): InstrumentKey {
  const scope = ref.assetClass === 'crypto' || ref.assetClass === 'fx' ? '' : 'US:'
  return `${ref.assetClass}:${scope}${ref.symbol}${listed ? `@${listed}` : ''}`
}

/** Asset class and symbol of a key, without its listing date; null when the text is no key. */
export function parseInstrumentKey(key: string): SymbolRef | null {
  if (!KEY.test(key)) return null
  const [assetClass, ...rest] = key.split(':')
  const symbol = (assetClass === 'crypto' || assetClass === 'fx' ? rest : rest.slice(1)).join(':')
  return { assetClass: assetClass as AssetClass, symbol: symbol.split('@')[0]! }
}

/** What a vendor's reference list says about an instrument. */
export interface InstrumentInfo extends SymbolRef {
  name: string | null
  currency: string
  /** The vendor's own word for the kind of listing (`CS`, `ETF`), or null. */
  listingType: string | null
}
