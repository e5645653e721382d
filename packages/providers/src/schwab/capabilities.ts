import type { Capabilities, Capability, DataTier, TierAccess } from '../contract.ts'
import { TIMEFRAMES } from './client.ts'

/** People who pulled minutes got about this far back; the vendor documents no number. */
const MINUTE_DAYS = 48
const YEARS_20_DAYS = 7300

const bars = {
  bars: TIMEFRAMES,
  barsDays: {
    '1m': MINUTE_DAYS,
    '5m': MINUTE_DAYS,
    '15m': MINUTE_DAYS,
    '30m': MINUTE_DAYS,
    '1d': YEARS_20_DAYS,
    '1w': YEARS_20_DAYS,
    '1mo': YEARS_20_DAYS,
  },
} as const

const listed: Capability = {
  quotes: true,
  snapshots: 'list',
  ...bars,
  barsBasis: 'split',
  reference: false,
  corporateActions: null,
  fundamentals: true,
  options: true,
  stream: true,
}

/** 120 requests in any minute; answers carry no headers that say how many are left. */
const limits: DataTier['limits'] = [{ scope: 'rest', kind: 'window', calls: 120, windowMs: 60_000 }]

/** Most symbols that one streamer connection takes. */
export const STREAM_SYMBOLS_MAX = 500

const tier = (name: string, label: string, delayedMinutes: number): DataTier => {
  const of = (feed: string): TierAccess => ({ delayedMinutes, feed: delayedMinutes > 0 ? 'delayed' : feed })
  const sip = of('sip')
  const index = of('index')
  return {
    name,
    label,
    access: {
      equity: {
        quotes: sip,
        charts: sip,
        fundamentals: { delayedMinutes: 0, feed: 'schwab' },
        options: of('opra'),
        stream: sip,
      },
      index: { quotes: index, charts: index, options: of('opra'), stream: index },
      option: { quotes: of('opra') },
    },
    limits,
    streamSymbolsMax: STREAM_SYMBOLS_MAX,
  }
}

export const DELAYED_MINUTES = 15

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: listed,
    index: { ...listed, barsBasis: 'raw', fundamentals: false },
    option: {
      ...listed,
      bars: [],
      barsDays: {},
      barsBasis: 'raw',
      fundamentals: false,
      options: false,
      stream: false,
    },
  },
  credentials: ['clientId', 'clientSecret', 'refreshToken'],
  snapshotSymbolsMax: 300,
  tiers: [
    tier('realtime', 'Exchange agreements signed', 0),
    tier('delayed', 'Exchange agreements not signed', DELAYED_MINUTES),
  ],
  defaultTier: 'realtime',
}
