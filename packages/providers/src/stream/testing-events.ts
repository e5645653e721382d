import type { AssetClass, Bar, Micros, Quote, SymbolRef } from '@onetape/market'

export const refOf = (symbol: string, assetClass: AssetClass = 'equity'): SymbolRef => ({
  assetClass,
  symbol,
})

export const quoteOf = (symbol: string, ts: Micros, more: Partial<Quote> = {}): Quote => ({
  assetClass: 'equity',
  symbol,
  ts,
  tsOrigin: 'vendor',
  last: 100,
  bid: null,
  ask: null,
  bidSize: null,
  askSize: null,
  volume: null,
  feed: 'sip',
  delayedMinutes: 0,
  currency: 'USD',
  ...more,
})

export const barOf = (symbol: string, ts: Micros, more: Partial<Bar> = {}): Bar => ({
  assetClass: 'equity',
  symbol,
  timeframe: '1m',
  ts,
  sessionDate: new Date(ts / 1000).toISOString().slice(0, 10),
  basis: 'raw',
  feed: 'sip',
  final: true,
  open: 100,
  high: 101,
  low: 99,
  close: 100,
  volume: 10,
  ...more,
})
