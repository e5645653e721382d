import type { Capabilities } from '../contract.ts'
import { TIMEFRAMES } from './client.ts'
import { FEED } from './feed.ts'

const LIVE = { delayedMinutes: 0, feed: FEED }

export const capabilities: Capabilities = {
  byAssetClass: {
    fx: {
      quotes: true,
      snapshots: 'list',
      bars: TIMEFRAMES,
      barsBasis: 'raw',
      reference: true,
      corporateActions: null,
      fundamentals: false,
      options: false,
      stream: true,
    },
  },
  credentials: ['token', 'accountId'],
  snapshotSymbolsMax: null,
  tiers: [
    {
      name: 'account',
      label: 'Any account, live or practice',
      access: { fx: { quotes: LIVE, charts: LIVE, stream: LIVE } },
      limits: [
        { scope: 'rest', kind: 'window', calls: 120, windowMs: 1_000 },
        { scope: 'stream', kinds: ['stream'], kind: 'window', calls: 2, windowMs: 1_000 },
      ],
      streamSymbolsMax: null,
    },
  ],
  defaultTier: 'account',
}
