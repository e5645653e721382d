import type { Capabilities, TierAccess } from '../contract.ts'
import { TIMEFRAMES } from './client.ts'

const live: TierAccess = { delayedMinutes: 0, feed: 'coinbase' }

export const capabilities: Capabilities = {
  byAssetClass: {
    crypto: {
      quotes: true,
      snapshots: 'market',
      bars: TIMEFRAMES,
      barsBasis: 'raw',
      reference: true,
      corporateActions: null,
      fundamentals: false,
      options: false,
      stream: true,
    },
  },
  credentials: [],
  snapshotSymbolsMax: null,
  tiers: [
    {
      name: 'public',
      label: 'Public',
      access: { crypto: { quotes: live, charts: live, stream: live } },
      // Both are per address: REST calls, and what is said on sockets without signing in.
      limits: [
        { scope: 'rest', kind: 'window', calls: 10, windowMs: 1_000 },
        { scope: 'messages', kinds: ['stream'], kind: 'window', calls: 8, windowMs: 1_000 },
      ],
      streamSymbolsMax: null,
    },
  ],
  defaultTier: 'public',
}
