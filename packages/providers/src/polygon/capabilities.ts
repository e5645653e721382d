import type { Timeframe } from '@onetape/market'
import type { Capabilities } from '../contract.ts'

/** No 4-hour bars: the vendor starts them at midnight New York, off the house's UTC grid for half the year. */
const INTRADAY: readonly Timeframe[] = ['1m', '5m', '15m', '30m', '1h']

const LATER = { corporateActions: null, fundamentals: false, options: false, stream: false } as const

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: {
      quotes: true,
      snapshots: 'market',
      bars: [...INTRADAY, '1d', '1w', '1mo'],
      barsBasis: 'split',
      reference: true,
      ...LATER,
      corporateActions: 'market',
    },
    crypto: {
      quotes: true,
      snapshots: 'market',
      bars: [...INTRADAY, '1d', '1mo'], // its weeks start on Sunday, ours on Monday
      barsBasis: 'raw',
      reference: true,
      ...LATER,
    },
    fx: {
      quotes: true,
      snapshots: 'market',
      bars: INTRADAY, // its days are cut at midnight UTC and have a Sunday stub: no forex session
      barsBasis: 'raw',
      reference: true,
      ...LATER,
    },
    index: {
      quotes: false,
      snapshots: null,
      bars: [...INTRADAY, '1d'],
      barsBasis: 'raw',
      reference: true,
      ...LATER,
    },
    option: {
      quotes: false,
      snapshots: null,
      bars: [...INTRADAY, '1d'],
      barsBasis: 'raw',
      reference: false,
      ...LATER,
    },
  },
  credentials: ['apiKey'],
  snapshotSymbolsMax: null,
  tiers: [{ name: 'paid', label: 'Paid', access: {}, limits: [] }],
  defaultTier: 'paid',
}
