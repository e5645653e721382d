import type { Capabilities } from '../contract.ts'
import { TIMEFRAMES } from './client.ts'

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
      stream: false,
    },
  },
  credentials: [],
  snapshotSymbolsMax: null,
  tiers: [{ name: 'public', label: 'Public', access: {}, limits: [] }],
  defaultTier: 'public',
}
