import type { Capabilities } from '../contract.ts'
import { TIMEFRAMES } from './client.ts'

export const capabilities: Capabilities = {
  byAssetClass: {
    crypto: { quotes: true, snapshots: 'market', bars: TIMEFRAMES, barsBasis: 'raw', reference: true },
  },
  credentials: [],
  snapshotSymbolsMax: null,
}
