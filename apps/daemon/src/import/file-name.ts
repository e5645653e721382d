// What a CSV's file name says about its contents: `observable-AAPL-1d-2013_2018.csv` is AAPL, days;
// `BRK-B-1d.csv.gz` is BRK.B; `BTC-USD-1h.csv` is a crypto pair; `AAPL.csv` says the symbol alone.
import { type SymbolRef, TIMEFRAMES, type Timeframe } from '@onetape/market'
import { isCurrency } from './pair-symbol.ts'

export interface NamedSeries {
  symbol: ImportSymbol | null
  timeframe: Timeframe | null
}
export type ImportSymbol = { ref: SymbolRef } | { foreign: string }

const WORD = /^(?=.*[A-Z])[A-Z0-9.^]{1,15}$/
const TIMEFRAME_WORDS: Record<string, Timeframe> = {
  ...Object.fromEntries(TIMEFRAMES.map((t) => [t, t])),
  daily: '1d',
  day: '1d',
  hourly: '1h',
  hour: '1h',
  '60m': '1h',
  minute: '1m',
  '1wk': '1w',
  weekly: '1w',
  monthly: '1mo',
}
/** Yahoo's endings for markets outside the US. One letter more and it is a share class (`BRK-B`). */
const FOREIGN_ENDINGS = new Set(
  (
    'L V F T DE PA AS BR MI MC SW TO NE CN AX NZ HK SS SZ KS KQ TW TWO SI BO NS SA MX VI ST HE CO OL IC LS IR IL ' +
    'JO TA IS WA PR BD AT SG MU HM HA DU BE JK KL BK ME RG TL VS SN BA QA SR'
  ).split(' '),
)

const PLAIN_WORDS = new Set([
  'data',
  'price',
  'quote',
  'bars',
  'daily',
  'table',
  'sheet',
  'stock',
  'test',
  'my',
  'ohlc',
  'ohlcv',
])

export function readFileName(fileName: string): NamedSeries {
  const stem = fileName.replace(/(\.(csv|txt|tsv|gz))+$/i, '')
  const words = stem.split(/[-_ ]/).filter((w) => w !== '')
  const at = words.findIndex((w) => w in TIMEFRAME_WORDS)
  const before = (at < 0 ? words : words.slice(0, at)).filter((w) => WORD.test(w))
  const named = before.length === 0 && words.length === 1 ? lowerCase(words[0]!) : before.slice(0, 2)
  return {
    symbol: named.length > 0 ? readSymbol(named.join('-')) : null,
    timeframe: at < 0 ? null : TIMEFRAME_WORDS[words[at]!]!,
  }
}

/** `aapl.csv` names a symbol; `export.csv` and `data.csv` do not. */
const lowerCase = (word: string): string[] =>
  /^[a-z]{1,5}$/.test(word) && !PLAIN_WORDS.has(word) ? [word.toUpperCase()] : []

/** A person's or Yahoo's spelling to the house's; null when it is no symbol. */
export function readSymbol(text: string): ImportSymbol | null {
  const given = text.trim().toUpperCase()
  if (!WORD.test(given.replaceAll(/[-/]/g, '.'))) return null
  const [head, tail, ...more] = given.split(/[-./]/)
  if (more.length > 0 || !head) return null
  if (tail === undefined) return { ref: { assetClass: 'equity', symbol: head } }
  if (isCurrency(tail)) {
    const money = ['USD', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD', 'NZD'].includes(head)
    return { ref: { assetClass: money ? 'fx' : 'crypto', symbol: `${head}-${tail}` } }
  }
  return FOREIGN_ENDINGS.has(tail)
    ? { foreign: `${head}.${tail}` }
    : { ref: { assetClass: 'equity', symbol: `${head}.${tail}` } }
}
