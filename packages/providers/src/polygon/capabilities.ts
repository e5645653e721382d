import type { Timeframe } from '@onetape/market'
import type { AccessKind, BudgetLimit, Capabilities, DataTier, TierAccess } from '../contract.ts'
import { DELAYED_MINUTES, END_OF_DAY_MINUTES, feedOf } from './feed.ts'

/** No 4-hour bars: the vendor starts them at midnight New York, off the house's UTC grid for half the year. */
const INTRADAY: readonly Timeframe[] = ['1m', '5m', '15m', '30m', '1h']

const NONE = { corporateActions: null, fundamentals: false, options: false, stream: false } as const

type Access = DataTier['access']

/** The same access for several kinds of data. */
const each = (kinds: readonly AccessKind[], access: TierAccess): Partial<Record<AccessKind, TierAccess>> =>
  Object.fromEntries(kinds.map((kind) => [kind, access]))

const endOfDay: TierAccess = { delayedMinutes: END_OF_DAY_MINUTES, feed: 'delayed', historyDays: 730 }
const delayed = (historyDays?: number): TierAccess => ({
  delayedMinutes: DELAYED_MINUTES,
  feed: 'delayed',
  ...(historyDays === undefined ? {} : { historyDays }),
})

/** Currencies have one paid plan, which is live. */
const currencies: Access = {
  crypto: each(['quotes', 'charts', 'stream'], { delayedMinutes: 0, feed: feedOf('crypto', false) }),
  fx: each(['quotes', 'charts', 'stream'], { delayedMinutes: 0, feed: feedOf('fx', false) }),
}

/** Plans that run 15 minutes behind: they differ in what the stock snapshot holds and in depth. */
const behind = (stockDays: number, optionDays: number): Access => ({
  ...currencies,
  equity: {
    ...each(['quotes', 'stream', 'options'], delayed()),
    charts: delayed(stockDays),
  },
  index: each(['quotes', 'charts'], delayed()),
  option: { quotes: delayed(), charts: delayed(optionDays) },
})

const unlimited: readonly BudgetLimit[] = [{ scope: 'rest', kind: 'window', calls: 100, windowMs: 1_000 }]

/** https://massive.com/pricing: one name stands for the plan of that name of every asset class. */
const tiers: readonly DataTier[] = [
  {
    name: 'advanced',
    label: 'Advanced',
    access: {
      ...currencies,
      equity: {
        ...each(['quotes', 'charts', 'stream'], { delayedMinutes: 0, feed: feedOf('equity', false) }),
        fundamentals: { delayedMinutes: 0, feed: 'filings' },
        options: { delayedMinutes: 0, feed: feedOf('option', false) },
      },
      index: each(['quotes', 'charts'], { delayedMinutes: 0, feed: feedOf('index', false) }),
      option: each(['quotes', 'charts'], { delayedMinutes: 0, feed: feedOf('option', false) }),
    },
    limits: unlimited,
    streamSymbolsMax: null,
  },
  {
    name: 'developer',
    label: 'Developer',
    access: behind(3_650, 1_460),
    limits: unlimited,
    streamSymbolsMax: null,
  },
  {
    name: 'starter',
    label: 'Starter',
    access: behind(1_825, 730),
    limits: unlimited,
    streamSymbolsMax: null,
  },
  {
    name: 'free',
    label: 'Free',
    access: {
      equity: { charts: endOfDay },
      crypto: { charts: endOfDay },
      fx: { charts: endOfDay },
      index: { charts: endOfDay },
      option: { charts: endOfDay },
    },
    limits: [{ scope: 'rest', kind: 'window', calls: 5, windowMs: 60_000 }],
    streamSymbolsMax: 0,
  },
]

export const capabilities: Capabilities = {
  byAssetClass: {
    equity: {
      quotes: true,
      snapshots: 'market',
      bars: [...INTRADAY, '1d', '1w', '1mo'],
      barsBasis: 'split',
      reference: true,
      corporateActions: 'market',
      fundamentals: true,
      options: true,
      stream: true,
    },
    crypto: {
      quotes: true,
      snapshots: 'market',
      bars: [...INTRADAY, '1d', '1mo'], // its weeks start on Sunday, ours on Monday
      barsBasis: 'raw',
      reference: true,
      ...NONE,
      stream: true,
    },
    fx: {
      quotes: true,
      snapshots: 'market',
      bars: INTRADAY, // its days are cut at midnight UTC and have a Sunday stub: no forex session
      barsBasis: 'raw',
      reference: true,
      ...NONE,
      stream: true,
    },
    index: {
      quotes: true,
      snapshots: 'list',
      bars: [...INTRADAY, '1d'],
      barsBasis: 'raw',
      reference: true,
      ...NONE,
    },
    option: {
      quotes: true,
      snapshots: 'list',
      bars: [...INTRADAY, '1d'],
      barsBasis: 'raw',
      reference: false,
      ...NONE,
    },
  },
  credentials: ['apiKey'],
  snapshotSymbolsMax: null,
  tiers,
  defaultTier: 'advanced',
}
