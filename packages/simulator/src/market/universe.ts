// Everything that trades in the simulated market: real names first, invented ones after, then the crypto and the currency pairs.
import { CRYPTO_PAIRS } from './crypto-pairs.ts'
import { FX_LISTED, FX_PAIRS } from './fx-pairs.ts'
import { hashText, mix, normal, uniform } from './hash.ts'
import { inventCompany, inventFund, inventTicker } from './invented-names.ts'
import { KNOWN_SPLITS } from './known-splits.ts'
import { KNOWN_STOCKS } from './known-stocks.ts'
import type { Listing, Split } from './listing.ts'

/** US symbols in all, as many as a vendor's whole-market snapshot holds. */
const EQUITIES = 8_300
const FUND_SHARE = 0.3
/** Shares of an average day; a busy day before a reverse split must still fit 32 bits. */
const VOLUME_MAX = 40_000_000

export interface Universe {
  equities: readonly Listing[]
  crypto: readonly Listing[]
  fx: readonly Listing[]
  bySymbol: ReadonlyMap<string, Listing>
}

export function buildUniverse(seed: number): Universe {
  const known = KNOWN_STOCKS.map(
    (stock, index): Listing => ({
      ...stock,
      kind: 'equity',
      splits: KNOWN_SPLITS.get(stock.symbol) ?? [],
      lotsPerUnit: 1,
      stepsPerDollar: null,
      index,
      key: hashText(stock.symbol, seed),
    }),
  )
  const taken = new Set(known.map((l) => l.symbol))
  const invented: Listing[] = []
  while (known.length + invented.length < EQUITIES) {
    const listing = invent(mix(seed, 70_000 + invented.length), known.length + invented.length, taken)
    taken.add(listing.symbol)
    invented.push(listing)
  }
  const crypto = CRYPTO_PAIRS.map(
    (pair, i): Listing => ({
      ...pair,
      kind: 'crypto',
      exchange: 'CBE',
      type: 'CRYPTO',
      splits: [],
      quarterlyDividend: 0,
      index: EQUITIES + i,
      key: hashText(pair.symbol, seed),
    }),
  )
  const equities = [...known, ...invented]
  const fx = currencyPairs(seed, EQUITIES + crypto.length)
  const all = [...equities, ...crypto, ...fx]
  return { equities, crypto, fx, bySymbol: new Map(all.map((l) => [l.symbol, l])) }
}

function currencyPairs(seed: number, firstIndex: number): Listing[] {
  const made = new Map<string, Listing>()
  for (const { legs, ...pair } of FX_PAIRS) {
    made.set(pair.symbol, {
      ...pair,
      kind: 'fx',
      exchange: 'FX',
      type: 'FX',
      listed: FX_LISTED,
      splits: [],
      quarterlyDividend: 0,
      lotsPerUnit: 1,
      index: firstIndex + made.size,
      key: hashText(pair.symbol, seed),
      ...(legs && {
        legs: { first: made.get(legs.first)!, second: made.get(legs.second)!, divided: legs.divided },
      }),
    })
  }
  return [...made.values()]
}

function invent(key: number, index: number, taken: ReadonlySet<string>): Listing {
  const fund = uniform(key, 1) < FUND_SHARE
  const name = fund ? inventFund(key) : inventCompany(key)
  const symbol = inventTicker(key, name, taken)
  const price = fund ? 32 * Math.exp(0.5 * normal(key, 2)) : 14 * Math.exp(1.35 * normal(key, 2))
  // Turnover in dollars spans from a few thousand to some hundred million a day.
  const turnover = (fund ? 400_000 : 2_500_000) * Math.exp(2 * normal(key, 3))
  const calm = fund ? 0.009 : 0.028
  const year = fund
    ? 2006 + Math.floor(20 * Math.sqrt(uniform(key, 5)))
    : 2005 + Math.floor(21 * uniform(key, 5))
  const listed = dayText(year, mix(key, 6) % 365)
  return {
    symbol,
    name,
    kind: 'equity',
    exchange: fund ? (uniform(key, 7) < 0.7 ? 'ARCX' : 'BATS') : uniform(key, 7) < 0.6 ? 'XNAS' : 'XNYS',
    type: fund ? 'ETF' : uniform(key, 8) < 0.06 ? 'ADRC' : 'CS',
    price: Math.max(0.12, price),
    volume: Math.min(VOLUME_MAX, Math.max(600, Math.round(turnover / price))),
    volatility: calm * Math.exp(0.4 * normal(key, 9)),
    growth: fund ? 0.06 : 0.04 + 0.1 * normal(key, 10),
    listed: !fund && uniform(key, 12) < 0.25 ? '2005-01-03' : listed,
    splits: inventSplits(key, listed),
    quarterlyDividend: uniform(key, 14) < (fund ? 0.6 : 0.25) ? price * 0.004 * (0.5 + uniform(key, 15)) : 0,
    lotsPerUnit: 1,
    stepsPerDollar: null,
    index,
    key: hashText(symbol, key),
  }
}

/** One in twenty has split once, rarely the reverse way, on a Monday. */
function inventSplits(key: number, listed: string): Split[] {
  if (uniform(key, 20) >= 0.05) return []
  const year = 2012 + (mix(key, 21) % 15)
  let date = dayText(year, mix(key, 22) % 320)
  while (new Date(`${date}T00:00:00Z`).getUTCDay() !== 1) date = shifted(date, 1)
  if (date <= listed) return []
  const ratio = [2, 3, 4, 5, 10][mix(key, 23) % 5]!
  return uniform(key, 24) < 0.35 ? [{ date, from: ratio, to: 1 }] : [{ date, from: 1, to: ratio }]
}

const dayText = (year: number, dayOfYear: number): string => shifted(`${year}-01-02`, dayOfYear)
const shifted = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
