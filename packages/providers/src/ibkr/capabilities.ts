import type { Timeframe } from '@onetape/market'
import type { Capabilities, Capability, DataTier, TierAccess } from '../contract.ts'

export const DELAYED_MINUTES = 15

/** Market-data lines that an account has by default: symbols that are watched at one time. */
export const LINES_MAX = 100

/** No 4-hour bars: the vendor starts them with the session, off the house's grid. */
const INTRADAY: readonly Timeframe[] = ['1m', '5m', '15m', '30m', '1h']

const listed: Capability = {
  quotes: true,
  snapshots: 'single',
  bars: [...INTRADAY, '1d', '1w', '1mo'],
  barsBasis: 'split',
  reference: false,
  corporateActions: null,
  fundamentals: false,
  options: true,
  stream: true,
}

const limits: DataTier['limits'] = [
  { scope: 'messages', kind: 'window', calls: 50, windowMs: 1_000 },
  { scope: 'bars', kind: 'window', calls: 60, windowMs: 600_000 },
  { scope: 'bars', kind: 'concurrent', calls: 50 },
]

const tier = (name: string, label: string, delayedMinutes: number): DataTier => {
  const of = (feed: string): TierAccess => ({ delayedMinutes, feed: delayedMinutes > 0 ? 'delayed' : feed })
  const pair: TierAccess = { delayedMinutes: 0, feed: 'idealpro' } // pairs need no subscription
  return {
    name,
    label,
    access: {
      equity: { quotes: of('smart'), charts: of('smart'), options: of('opra'), stream: of('smart') },
      index: { quotes: of('index'), charts: of('index'), options: of('opra'), stream: of('index') },
      fx: { quotes: pair, charts: pair, stream: pair },
      option: { quotes: of('opra') },
    },
    limits,
    streamSymbolsMax: LINES_MAX,
  }
}

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: listed,
    index: { ...listed, barsBasis: 'raw' },
    fx: { ...listed, bars: [...INTRADAY, '1d'], barsBasis: 'raw', options: false },
    option: { ...listed, bars: [], barsBasis: 'raw', options: false, stream: false },
  },
  // The login is TWS' or the gateway's own: nothing is handed to us.
  credentials: [],
  snapshotSymbolsMax: null,
  tiers: [
    tier('live', 'Market-data subscriptions', 0),
    tier('delayed', 'Delayed data, no subscriptions', DELAYED_MINUTES),
  ],
  defaultTier: 'live',
}
