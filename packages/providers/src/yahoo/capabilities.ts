import type { Timeframe } from '@onetape/market'
import type { AccessKind, Capabilities, Capability, TierAccess } from '../contract.ts'
import { OPTIONS_DELAYED_MINUTES } from './feed.ts'
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
  stream: true,
  barsDays: keptDays,
})

/** Of US exchanges; others run behind by their own minutes, which each quote says (`exchangeDataDelayedBy`). */
const live: TierAccess = { delayedMinutes: 0, feed: 'yahoo' }
const behind: TierAccess = { delayedMinutes: OPTIONS_DELAYED_MINUTES, feed: 'delayed' }

const each = (...kinds: AccessKind[]): Partial<Record<AccessKind, TierAccess>> =>
  Object.fromEntries(kinds.map((kind) => [kind, live]))

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: {
      ...listed(EXCHANGE, 'split'),
      corporateActions: 'single',
      fundamentals: true,
      options: true,
    },
    crypto: listed(ALL_DAY, 'raw'),
    fx: listed(['1m', '5m', '15m', '30m', '1h'], 'raw'), // its days are cut at midnight London: no forex session
    index: listed(EXCHANGE, 'raw'),
    option: { ...listed([], 'raw'), stream: false },
  },
  credentials: [],
  snapshotSymbolsMax: 100,
  tiers: [
    {
      name: 'public',
      label: 'Public',
      access: {
        equity: { ...each('quotes', 'charts', 'stream', 'fundamentals'), options: behind },
        crypto: each('quotes', 'charts', 'stream'),
        fx: each('quotes', 'charts', 'stream'),
        index: each('quotes', 'charts', 'stream'),
        option: { quotes: behind },
      },
      // Nothing is published; these are what an address is let through with, as clients in the field report.
      limits: [
        { scope: 'rest', kind: 'window', calls: 100, windowMs: 60_000 },
        { scope: 'rest', kind: 'window', calls: 2_000, windowMs: 3_600_000 },
      ],
      streamSymbolsMax: null,
    },
  ],
  defaultTier: 'public',
}
