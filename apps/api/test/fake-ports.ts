import { ApiProblem } from '../src/errors.ts'
import type { Health } from '../src/health.ts'
import { Cadence } from '../src/live/cadence.ts'
import { Hub, type HubLimits } from '../src/live/hub.ts'
import { liveQuotes } from '../src/live/quotes.ts'
import { LiveStreams } from '../src/live/streams.ts'
import type { OperationsReads } from '../src/operations/report.ts'
import type { HealthReports, TapeReads } from '../src/ports.ts'
import type { RoutedReads } from '../src/routed/reports.ts'
import { createTapeAttempts } from '../src/routed/tape-attempts.ts'
import { createTapeQuotes } from '../src/routed/tape-quotes.ts'
import { demoAuth } from './demo-auth.ts'
import { fakeMine } from './fake-mine.ts'

export const ENVIRONMENT_ID = '0b9f3c1e-7d2a-4c55-9a31-5d1f5a2b7c99'

export const healthyReport: Health = {
  ok: true,
  mode: 'demo',
  environmentId: ENVIRONMENT_ID,
  wallNow: 0,
  marketNow: 0,
  shiftUs: 0,
  venues: [],
  daemon: { alive: true, beatAgeMs: 1, startedAt: 0, detail: null },
  database: { ok: true, version: '18.4' },
  tape: { batchId: 0, lastBatchAt: null, lagSeconds: null, instruments: 0, quoted: 0 },
  tiers: [],
  sources: [],
}

/** The doors of the API without a database: a real hub, and answers that a test sets. */
export function fakePorts(limits: Partial<HubLimits> = {}) {
  const hub = new Hub(limits)
  const health: HealthReports & { report: Health } = {
    report: healthyReport,
    read: async () => health.report,
    async *watch() {
      yield health.report
    },
  }
  const tape: TapeReads = {
    bars: async (q) => ({
      key: q.key,
      timeframe: q.timeframe,
      source: null,
      basis: null,
      feed: null,
      sources: [],
      resolution: { name: q.timeframe, lengthUs: null },
      ...{ stored: null, converted: null, refused: null, cut: null },
      bars: [],
    }),
    search: async () => [],
    instrument: async () => null,
  }
  const operations: OperationsReads = {
    read: async () => {
      throw new ApiProblem('unavailable', 'not asked in these tests')
    },
  }
  const marketClock = { now: () => 1_700_000_000_000_000 }
  /** What batches kept, for receipts. */
  const ledger = new Map<number, unknown>()
  const live = { hub, cadence: new Cadence(), marketClock, catchUp: async () => {} }
  const quotes = liveQuotes(live)
  const nobody = { order: {} as never, sources: [] }
  const questions = {
    quote: async () => null,
    snapshot: async () => ({ rows: [] }),
    bars: async () => null,
    fundamentals: async () => null,
    optionsChain: async () => null,
    explain: async () => null,
    providers: async () => ({ wallNow: 0, marketNow: 0, ...nobody }),
  }
  const routed: RoutedReads = {
    ...questions,
    forUser: () => questions,
    receipt: async () => null,
    receipts: async () => null,
    held: createTapeQuotes({ quotes, attempts: createTapeAttempts(async () => ledger), marketClock }),
  }
  return {
    hub,
    health,
    tape,
    operations,
    routed,
    mine: fakeMine,
    watchlists: () => {
      throw new ApiProblem('unavailable', 'not asked in these tests')
    },
    auth: demoAuth,
    quotes,
    streams: new LiveStreams(live),
    ledger,
    marketClock,
  }
}
