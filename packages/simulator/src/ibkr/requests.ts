// The client's messages: numbers, names for the log, and where the fields of one lie.

export const REQUESTS = {
  1: 'reqMktData',
  2: 'cancelMktData',
  8: 'reqIds',
  9: 'reqContractDetails',
  17: 'reqManagedAccts',
  20: 'reqHistoricalData',
  25: 'cancelHistoricalData',
  49: 'reqCurrentTime',
  52: 'reqFundamentalData',
  53: 'cancelFundamentalData',
  59: 'reqMarketDataType',
  71: 'startApi',
  78: 'reqSecDefOptParams',
  87: 'reqHeadTimestamp',
  90: 'cancelHeadTimestamp',
} as const
export type RequestNumber = keyof typeof REQUESTS

/** A contract as a client describes it, or names by its number alone; what is left out is empty or 0. */
export interface ContractAsk {
  conId: number
  symbol: string
  secType: string
  /** `YYYYMMDD` or `YYYYMM`. */
  expiry: string
  strike: number
  right: string
  exchange: string
  primaryExch: string
  currency: string
  localSymbol: string
}

/** @param at Index of the contract id. */
export function contractAsk(fields: readonly string[], at: number): ContractAsk {
  const text = (offset: number) => (fields[at + offset] ?? '').trim()
  return {
    conId: Number(text(0)) || 0,
    symbol: text(1).toUpperCase(),
    secType: text(2).toUpperCase(),
    expiry: text(3),
    strike: Number(text(4)) || 0,
    right: text(5).toUpperCase().slice(0, 1),
    exchange: text(7).toUpperCase(),
    primaryExch: text(8).toUpperCase(),
    currency: text(9).toUpperCase(),
    localSymbol: fields[at + 10] ?? '',
  }
}

/** In a request for fundamentals a contract has no terms of an option. */
export function companyAsk(fields: readonly string[]): ContractAsk {
  const [conId = '', symbol = '', secType = '', exchange = '', primaryExch = '', currency = ''] =
    fields.slice(3)
  return contractAsk([conId, symbol, secType, '', '', '', '', exchange, primaryExch, currency], 0)
}

/** For the log: what a request is about, without its running number. */
export function describe(number: number, fields: readonly string[]): string {
  const name = REQUESTS[number as RequestNumber] ?? 'unknown'
  return `TWS ${number} ${name}${about(number, fields)}`
}

function about(number: number, fields: readonly string[]): string {
  const contractAt = { 1: 3, 9: 3, 20: 2, 87: 2 }[number]
  if (number === 78) return ` ${fields[2] ?? ''}`
  if (number === 52) return ` ${fields[4] ?? ''}`
  if (number === 71 || number === 59) return ` ${fields[2] ?? ''}`
  if (contractAt === undefined) return ''
  const { conId, symbol, secType, currency } = contractAsk(fields, contractAt)
  const contract = symbol === '' ? `#${conId}` : [symbol, secType, currency].filter((t) => t !== '').join(' ')
  if (number === 20) return ` ${contract} ${fields[19] ?? ''} ${fields[16] ?? ''}`
  return number === 1 && fields[17] === '1' ? ` ${contract} snapshot` : ` ${contract}`
}
