import type { Timeframe } from '@onetape/market'
import type { Capabilities, Capability } from '../contract.ts'
import { keptDays } from './intervals.ts'

/** Hour bars of exchanges start at their open (9:30), off the house's grid; those of 24-hour markets do not. */
const EXCHANGE: readonly Timeframe[] = ['1m', '5m', '15m', '30m', '1d']
const ALL_DAY: readonly Timeframe[] = ['1m', '5m', '15m', '30m', '1h', '1d']

const listed = (bars: readonly Timeframe[], barsBasis: Capability['barsBasis']): Capability => ({
  quotes: true,
  snapshots: 'list',
  bars,
  barsBasis,
  reference: false,
  corporateActions: null,
  fundamentals: false,
  options: false,
  stream: false,
  barsDays: keptDays,
})

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: listed(EXCHANGE, 'split'),
    crypto: listed(ALL_DAY, 'raw'),
    fx: listed(['1m', '5m', '15m', '30m', '1h'], 'raw'), // its days are cut at midnight London: no forex session
    index: listed(EXCHANGE, 'raw'),
  },
  credentials: [],
  snapshotSymbolsMax: 100,
  tiers: [{ name: 'public', label: 'Public', access: {}, limits: [] }],
  defaultTier: 'public',
}
