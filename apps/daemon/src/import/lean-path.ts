// What a file of a LEAN data folder holds, read from its path alone. Both layouts are understood:
// `equity/usa/daily/aapl.zip` and `equity-usa/daily/aapl.zip`.
import type { AssetClass } from '@onetape/market'
import { pairSymbol } from './pair-symbol.ts'

export type LeanResolution = 'daily' | 'hour' | 'minute' | 'second' | 'tick'
export type LeanFile = { what: 'map'; ticker: string } | { what: 'factor'; ticker: string } | LeanPriceFile
export interface LeanPriceFile {
  what: 'trade' | 'quote'
  /** LEAN's own word where we have no asset class for it (`option`, `future`, `cfd`). */
  security: AssetClass | string
  resolution: LeanResolution
  /** House symbol: `AAPL`, `BTC-USD`. */
  symbol: string
  /** Trading date of a minute, second or tick file, from its name. */
  date: string | null
}

const SECURITIES: Record<string, string> = { equity: 'equity', crypto: 'crypto', forex: 'fx' }
const SECURITY = /^(equity|crypto|forex|cfd|option|indexoption|future|futureoption|index|cryptofuture)(?:-|$)/
const RESOLUTION = /^(daily|hour|minute|second|tick)$/
const TICKER = /^[a-z0-9][a-z0-9.-]*$/i

/** @param segments the path's folders and file name; null when this is no file of a LEAN folder. */
export function readLeanPath(segments: readonly string[]): LeanFile | null {
  const name = segments.at(-1)!.toLowerCase()
  const folder = segments.at(-2)?.toLowerCase() ?? ''
  if (folder === 'map_files' && name.endsWith('.csv'))
    return { what: 'map', ticker: house(name.slice(0, -4)) }
  if (folder === 'factor_files' && name.endsWith('.csv')) {
    return { what: 'factor', ticker: house(name.slice(0, -4)) }
  }
  return name.endsWith('.zip') ? readPricePath(segments.map((s) => s.toLowerCase())) : null
}

function readPricePath(segments: readonly string[]): LeanFile | null {
  const at = segments.findLastIndex((s, i) => i < segments.length - 1 && RESOLUTION.test(s))
  if (at < 0) return null
  const resolution = segments[at] as LeanResolution
  const lean =
    segments
      .slice(0, at)
      .map((s) => SECURITY.exec(s)?.[1])
      .findLast(Boolean) ?? 'equity'
  const security = SECURITIES[lean] ?? lean
  const [stem, ...words] = segments.at(-1)!.slice(0, -4).split('_')
  const what = words.includes('quote') || security === 'fx' ? 'quote' : 'trade'
  const long = resolution === 'daily' || resolution === 'hour'
  const ticker = long ? stem! : segments[at + 1]!
  const date = long ? null : isoDate(stem!)
  if (!TICKER.test(ticker) || (!long && (!date || segments.length !== at + 3))) return null
  const symbol = security === 'crypto' || security === 'fx' ? pairSymbol(ticker) : house(ticker)
  return symbol ? { what, security, resolution, symbol, date } : null
}

const house = (ticker: string): string => ticker.toUpperCase()

/** `20140609` to `2014-06-09`; null when there is no such day. */
export function isoDate(digits: string): string | null {
  const m = /^(\d{4})(\d{2})(\d{2})$/.exec(digits)
  if (!m) return null
  const iso = `${m[1]}-${m[2]}-${m[3]}`
  const ms = Date.parse(`${iso}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(iso) ? iso : null
}
