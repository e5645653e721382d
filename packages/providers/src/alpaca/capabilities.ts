// What Alpaca offers, and what each of its two plans sees of it.
import type { Timeframe } from '@onetape/market'
import type { Capabilities, DataTier } from '../contract.ts'
import { CRYPTO_FEED, DELAYED_MINUTES } from './feed.ts'

const INTRADAY: readonly Timeframe[] = ['1m', '5m', '15m', '30m', '1h']

/** Crypto needs no plan: both see the same. */
const CRYPTO = {
  quotes: { delayedMinutes: 0, feed: CRYPTO_FEED },
  charts: { delayedMinutes: 0, feed: CRYPTO_FEED },
  stream: { delayedMinutes: 0, feed: CRYPTO_FEED },
}

const sipPaid: DataTier = {
  name: 'sip_paid',
  label: 'Algo Trader Plus (SIP)',
  access: {
    equity: {
      quotes: { delayedMinutes: 0, feed: 'sip' },
      charts: { delayedMinutes: 0, feed: 'sip' },
      options: { delayedMinutes: 0, feed: 'opra' },
      stream: { delayedMinutes: 0, feed: 'sip' },
    },
    crypto: CRYPTO,
    option: { quotes: { delayedMinutes: 0, feed: 'opra' } },
  },
  limits: [{ scope: 'rest', kind: 'window', calls: 10_000, windowMs: 60_000 }],
  streamSymbolsMax: null,
}

const iexFree: DataTier = {
  name: 'iex_free',
  label: 'Basic (IEX)',
  access: {
    equity: {
      quotes: { delayedMinutes: 0, feed: 'iex' },
      // The whole market's bars are free once they are 15 minutes old; IEX alone sees 2 to 3 % of the volume.
      charts: { delayedMinutes: DELAYED_MINUTES, feed: 'sip' },
      options: { delayedMinutes: DELAYED_MINUTES, feed: 'indicative' },
      stream: { delayedMinutes: 0, feed: 'iex' },
    },
    crypto: CRYPTO,
    option: { quotes: { delayedMinutes: DELAYED_MINUTES, feed: 'indicative' } },
  },
  limits: [{ scope: 'rest', kind: 'window', calls: 200, windowMs: 60_000 }],
  streamSymbolsMax: 30,
}

const NONE = { reference: false, corporateActions: null, fundamentals: false, options: false } as const

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: {
      ...NONE,
      quotes: true,
      snapshots: 'list',
      bars: [...INTRADAY, '1d', '1w', '1mo'],
      barsBasis: 'split',
      corporateActions: 'market',
      options: true,
      stream: true,
    },
    crypto: {
      ...NONE,
      quotes: true,
      snapshots: 'list',
      bars: INTRADAY, // its days began at midnight Chicago until 2025 and begin at midnight UTC now: no one series
      barsBasis: 'raw',
      stream: true,
    },
    option: { ...NONE, quotes: true, snapshots: 'list', bars: [], barsBasis: 'raw', stream: false },
  },
  credentials: ['keyId', 'secretKey'],
  snapshotSymbolsMax: null,
  tiers: [sipPaid, iexFree],
  defaultTier: 'iex_free',
}
