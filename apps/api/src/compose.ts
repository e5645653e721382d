// Puts the rooms together: the hub and its listener on one side, packages/db on the other.
import {
  BATCH_CHANNEL,
  CLOCK_CHANNEL,
  type Db,
  HEALTH_CHANNEL,
  type KeyRing,
  listen,
  newestBatch,
  readEnvironment,
  readHeartbeats,
  readInstrumentFacts,
  readLatestMoves,
  readMembers,
  readServerVersion,
  readSync,
  readTapeCounts,
  readTiers,
  USER_CHANNEL,
} from '@onetape/db'
import type { HouseSettings } from '@onetape/providers'
import type { Logger } from 'pino'
import { withDeadline } from './deadline.ts'
import type { TierHealth } from './health.ts'
import { HealthMonitor, type HealthReads } from './health-monitor.ts'
import { Cadence } from './live/cadence.ts'
import { FactBook } from './live/facts.ts'
import { Hub, type HubLimits } from './live/hub.ts'
import { LedgerListener, type LedgerReads } from './live/listener.ts'
import { liveQuotes } from './live/quotes.ts'
import { LiveStreams } from './live/streams.ts'
import { MarketClock, wallClock } from './market-clock.ts'
import type { Mine } from './mine/mine.ts'
import { operationsReads } from './operations/read-operations.ts'
import type { OperationsReads } from './operations/report.ts'
import type { HealthReports, LiveQuotes, TapeReads } from './ports.ts'
import { composeRouter } from './routed/compose-router.ts'
import type { RoutedReads } from './routed/reports.ts'
import { tapeReads } from './tape.ts'
import { createWatchlists } from './watchlists/own-watchlists.ts'
import type { Watchlists } from './watchlists/ports.ts'

export interface ApiDeps {
  db: Db
  url: string
  mode: 'demo' | 'live'
  log: Logger
  limits?: Partial<HubLimits>
  /** Credentials, plans and addresses of the house; without any no vendor is connected. */
  vendors?: HouseSettings
  /** Seals and opens users' credentials; without it nobody can keep any. */
  keys?: KeyRing
}

export interface Api extends AsyncDisposable {
  quotes: LiveQuotes
  streams: LiveStreams
  health: HealthReports
  tape: TapeReads
  operations: OperationsReads
  routed: RoutedReads
  mine: Mine
  watchlists: Watchlists
  /** Gives the demo user sources of their own, once. */
  seedDemo(userId: string): Promise<void>
  /** Ends the live streams in a way that tells clients to come back. */
  endStreams(): void
  /** Resolves when the hub is level with what was committed before the call. */
  catchUp(): Promise<void>
}

const LOOK_WITHIN_MS = 10_000
const CADENCE_REFRESH_MS = 20_000
const CADENCE_RETRY_MS = 5_000
const COUNT_REFRESH_MS = 10_000

export function compose({ db, url, mode, log, limits, vendors = {}, keys }: ApiDeps): Api {
  const hub = new Hub(limits)
  const marketClock = new MarketClock(wallClock)
  const cadence = new Cadence()
  const facts = new FactBook((request) => withDeadline(readInstrumentFacts(db, request), LOOK_WITHIN_MS))
  const ending = new AbortController()

  const listener = new LedgerListener({
    hub,
    ledger: ledgerReads(db, facts),
    onEnvironment: ({ shiftUs }) => marketClock.set(shiftUs),
    onLook: outageLog(log),
  })
  const subscription = listen({
    url,
    channels: [BATCH_CHANNEL, CLOCK_CHANNEL, HEALTH_CHANNEL, USER_CHANNEL],
    applicationName: 'onetape-api-listen',
    onMessage: (channel, payload) => {
      if (channel === CLOCK_CHANNEL) marketClock.announce(payload)
      else if (channel === HEALTH_CHANNEL) routed.healthChanged()
      else if (channel === USER_CHANNEL) routed.userChanged(payload)
      else listener.wake()
    },
    onReconnect: () => {
      listener.distrust()
      routed.usersMayHaveChanged()
    },
  })
  const stopRefreshing = keepRefreshed(async () => {
    await Promise.all([cadence.refresh(tierReads(db)), facts.refresh()])
  })
  listener.wake()

  const live = { hub, cadence, marketClock, catchUp: () => listener.catchUp() }
  const quotes = liveQuotes(live)
  const routed = composeRouter({
    db,
    mode,
    settings: vendors,
    keys,
    quotes,
    wallClock,
    marketClock,
    onProblem: (error) => log.debug({ err: error }, 'health of the sources is not shared for now'),
  })
  const health = new HealthMonitor({
    reads: healthReads(db),
    mode,
    wallClock,
    marketClock,
    tape: () => ({
      environmentId: hub.environmentId,
      batchId: hub.cursor,
      lastBatchAt: listener.lastBatchAt,
      newestFetchedAt: hub.newestFetchedAt,
      quoted: hub.quoted,
    }),
    ending: ending.signal,
  })
  return {
    quotes,
    streams: new LiveStreams(live),
    health,
    tape: tapeReads({ db, marketClock, quotes }),
    operations: operationsReads({ db, wallClock, marketClock, fannedOut: () => hub.cursor }),
    routed: routed.reads,
    mine: routed.mine,
    watchlists: createWatchlists(db),
    seedDemo: (userId) => routed.seedDemo(userId),
    endStreams() {
      hub.close()
      routed.endChanges()
      ending.abort()
    },
    catchUp: () => listener.catchUp(),
    async [Symbol.asyncDispose]() {
      this.endStreams()
      stopRefreshing()
      await subscription.close()
      await routed[Symbol.asyncDispose]()
      await listener[Symbol.asyncDispose]()
    },
  }
}

const ledgerReads = (db: Db, facts: FactBook): LedgerReads => ({
  environment: () => withDeadline(readEnvironment(db), LOOK_WITHIN_MS),
  newestBatch: () => withDeadline(newestBatch(db), LOOK_WITHIN_MS),
  async latest(request) {
    if (!request) await facts.refresh() // another database has other instruments under the same ids
    return await facts.complete(await withDeadline(readLatestMoves(db, request), LOOK_WITHIN_MS))
  },
})

const tierReads = (db: Db) => ({ tiers: () => readTiers(db), members: () => readMembers(db) })

const healthReads = (db: Db): HealthReads => ({
  version: () => readServerVersion(db),
  heartbeats: () => readHeartbeats(db),
  tiers: () => tierHealth(db),
  instruments: countedSeldom(async () => (await readTapeCounts(db)).instruments),
})

/** Counting reads whole tables: the number may be ten seconds old. */
function countedSeldom(count: () => Promise<number>): () => Promise<number> {
  let counted = { value: 0, atMs: Number.NEGATIVE_INFINITY }
  return async () => {
    const nowMs = performance.now()
    if (nowMs - counted.atMs > COUNT_REFRESH_MS) counted = { value: await count(), atMs: nowMs }
    return counted.value
  }
}

/** Tiers with what the daemon last wrote about their sweeps, under the scope `tier:<name>`. */
async function tierHealth(db: Db): Promise<TierHealth[]> {
  const [tiers, sync] = await Promise.all([readTiers(db), readSync(db)])
  const byScope = new Map(sync.map((s) => [s.scope, s]))
  return tiers
    .filter((tier) => tier.enabled)
    .map(({ name, frequencyS, priority, members }) => {
      const s = byScope.get(`tier:${name}`)
      return {
        name,
        frequencyS,
        priority,
        members,
        lastSync: s?.lastSync ?? null,
        nextSync: s?.nextSync ?? null,
        status: s?.status ?? null,
        secondsBehind: s?.secondsBehind ?? null,
      }
    })
}

/** An outage is one line when it begins and one when it ends, however often it is met in between. */
function outageLog(log: Logger): (error: unknown) => void {
  let down = false
  return (error) => {
    if (error !== null && !down) log.warn({ err: error }, 'the tape cannot be read; answering from memory')
    if (error === null && down) log.info('the tape is read again')
    down = error !== null
  }
}

/** Keeps the cadences of memory near those of the database, where an operator may edit them. */
function keepRefreshed(refresh: () => Promise<void>): () => void {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const run = async () => {
    const refreshed = await withDeadline(refresh(), LOOK_WITHIN_MS).then(
      () => true,
      () => false, // the listener logs that the database is away
    )
    if (!stopped) timer = setTimeout(run, refreshed ? CADENCE_REFRESH_MS : CADENCE_RETRY_MS)
  }
  void run()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
