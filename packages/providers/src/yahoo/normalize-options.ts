// Yahoo's option contracts. Pure.
import { type Micros, microsFromSeconds, type OptionQuote, type SymbolRef } from '@onetape/market'
import { optionFromOcc } from '../occ-symbol.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { feedOf, OPTIONS_DELAYED_MINUTES } from './feed.ts'
import { inCurrency, unitOf } from './minor-units.ts'
import { type Chain, type ContractRow, contractSchema } from './payload-options.ts'

export interface ChainContext {
  underlying: SymbolRef
  fetchedAt: Micros
}

export const dateOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)

/** The answer of the vendor's solver where there is nothing to solve. */
const NO_VOLATILITY = 1e-5

const SIZES: Readonly<Record<string, number>> = { REGULAR: 100, MINI: 10 }

export function normalizeChain(chain: Chain, context: ChainContext): Rows<OptionQuote> {
  const parts = chain.options.flatMap(({ calls, puts }) => [
    readContracts(calls, { ...context, right: 'call' }),
    readContracts(puts, { ...context, right: 'put' }),
  ])
  return { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
}

type ContractContext = ChainContext & { right: OptionQuote['right'] }

const readContracts = (list: readonly unknown[], context: ContractContext): Rows<OptionQuote> =>
  readRows(list, {
    schema: contractSchema,
    nameOf: (raw) => textField(raw, 'contractSymbol'),
    normalize: (row) => normalizeContract(row, context),
  })

function normalizeContract(row: ContractRow, context: ContractContext): OptionQuote | string {
  const symbol = optionFromOcc(row.contractSymbol)
  if (symbol === null) return `${row.contractSymbol} is no option symbol`
  if (!row.currency) return 'no currency'
  const unit = unitOf(row.currency)
  const priced = (value: number | null | undefined) => (value && value > 0 ? inCurrency(value, unit) : null)
  const traded = row.lastTradeDate && row.lastTradeDate > 0 ? microsFromSeconds(row.lastTradeDate) : null
  const volatility = row.impliedVolatility ?? 0
  return {
    assetClass: 'option',
    symbol,
    underlying: context.underlying,
    expiry: dateOf(row.expiration),
    right: context.right,
    strike: row.strike,
    contractSize: SIZES[row.contractSize ?? 'REGULAR'] ?? 100,
    last: priced(row.lastPrice),
    bid: priced(row.bid),
    ask: priced(row.ask),
    bidSize: null,
    askSize: null,
    volume: row.volume ?? null,
    openInterest: row.openInterest ?? null,
    impliedVolatility: volatility > NO_VOLATILITY * 1.001 ? volatility : null,
    delta: null,
    gamma: null,
    theta: null,
    vega: null,
    ts: traded ?? context.fetchedAt,
    tsOrigin: traded === null ? 'response' : 'vendor',
    feed: feedOf(OPTIONS_DELAYED_MINUTES),
    delayedMinutes: OPTIONS_DELAYED_MINUTES,
    currency: unit.currency,
  }
}
