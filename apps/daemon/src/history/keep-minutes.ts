/**
 * Completes the minute bars of the fastest tiers. A sweep sees the vendor's newest minute at one instant, often one
 * that has just begun, so the minute before would be lost: shortly after each minute the vendor's own bars of what is
 * over are asked for. How far it is lies in the tape, so a restart goes on where the last one was.
 */
import { type Db, type Instrument, readLatest, readSync, writeBatch, writeFindings } from '@onetape/db'
import {
  type Bar,
  type Clock,
  DAY_US,
  MINUTE_US,
  type Micros,
  SECOND_US,
  sessionAt,
  venueOf,
} from '@onetape/market'
import type { Capability, Fetched } from '@onetape/providers'
import { barRow, judgeBars } from '../backfill/judge-bars.ts'
import { ableSources } from '../ingest/able-sources.ts'
import { askSource, type House, isReady, type Source } from '../ingest/ask-source.ts'
import { type AttemptTrail, createAttemptTrail } from '../ingest/attempt-trail.ts'
import type { SweptAssetClass } from '../ingest/house-order.ts'

export interface KeepMinutesDeps {
  db: Db
  house: House
  market: Clock
  wall: Clock
  signal: AbortSignal
  /** Whose minutes are kept, the members of the fastest tiers. */
  instruments(assetClass: SweptAssetClass): readonly Instrument[]
}

export interface MinuteKeeper {
  /** Completes the minutes that are over, if a source's turn has come; resolves with the bars that were news. */
  run(assetClass: SweptAssetClass): Promise<number>
}

/** Vendors close a minute a few seconds after it is over. */
const SETTLE_US = 5 * SECOND_US
/** Trades reported late still change the bar before. */
const OVERLAP_US = 2 * MINUTE_US
/** Longer holes are a backfill's. */
const REACH_US = DAY_US
const FIRST_REACH_US = 15 * MINUTE_US
const CALLS_AT_ONCE = 4

/** Minutes between two rounds: one call for each instrument, so vendors that count calls closely are asked seldom. */
const EVERY_MINUTES: Readonly<Record<string, number>> = { polygon: 1, coinbase: 1, oanda: 1 }
const EVERY_MINUTES_OTHERS = 5
/** A plan that shows minutes this late shows them to a backfill. */
const DELAY_MAX_MINUTES = 60

export function createMinuteKeeper(deps: KeepMinutesDeps): MinuteKeeper {
  /** How far each instrument's minutes are, so that a round that a budget cut short goes on where it was. */
  const doneTo = new Map<number, Micros>()
  const kept = new Map<SweptAssetClass, Micros>()
  const running = new Set<SweptAssetClass>()
  /** By source: whoever is asked next need not wait for its budget. */
  const notBefore = new Map<string, Micros>()

  const startOf = async (assetClass: SweptAssetClass, to: Micros): Promise<Micros> => {
    const rows = kept.has(assetClass) ? [] : await readSync(deps.db)
    const last = kept.get(assetClass) ?? rows.find((row) => row.scope === scopeOf(assetClass))?.lastSync
    kept.set(assetClass, last ?? to - FIRST_REACH_US)
    return kept.get(assetClass)!
  }
  const keep = async (assetClass: SweptAssetClass): Promise<number> => {
    const to = minuteOf(deps.market.now() - SETTLE_US)
    const trail = createAttemptTrail(deps.house.wall)
    const source = barSource(deps.house, assetClass, trail)
    const instruments = deps.instruments(assetClass)
    if (!source || instruments.length === 0) return 0
    if (deps.wall.now() < (notBefore.get(source.name) ?? 0)) return 0
    const start = await startOf(assetClass, to)
    const everyUs = (EVERY_MINUTES[source.name] ?? EVERY_MINUTES_OTHERS) * MINUTE_US
    const wanted = instruments
      .map((instrument) => ({
        instrument,
        from: Math.max(doneTo.get(instrument.id) ?? start, to - REACH_US),
      }))
      .filter(({ from }) => to - from >= everyUs)
      .sort((a, b) => a.from - b.from)
    if (wanted.length === 0 || !traded(assetClass, wanted[0]!.from, to)) return 0
    const round = await askAll(deps, { source, wanted, to, trail })
    notBefore.set(source.name, deps.wall.now() + round.restMs * 1000)
    if (round.answers.length === 0) return 0
    for (const { instrument } of round.answers) doneTo.set(instrument.id, to)
    kept.set(assetClass, Math.min(...instruments.map(({ id }) => doneTo.get(id) ?? start)))
    return await write(deps, {
      assetClass,
      source,
      answers: round.answers,
      to,
      keptTo: kept.get(assetClass)!,
      trail,
    })
  }
  return {
    async run(assetClass) {
      if (running.has(assetClass)) return 0
      running.add(assetClass)
      try {
        return await keep(assetClass)
      } finally {
        running.delete(assetClass)
      }
    },
  }
}

const scopeOf = (assetClass: SweptAssetClass): string => `minutes:${assetClass}`
const minuteOf = (ts: Micros): Micros => ts - (ts % MINUTE_US)

/** Whether the venue was anything but closed at either end. */
const traded = (assetClass: SweptAssetClass, from: Micros, to: Micros): boolean =>
  [from, to - 1].some((ts) => sessionAt(venueOf(assetClass), ts).state !== 'closed')

/** The first of the house order whose plan shows minutes soon and that may be asked now. */
const barSource = (house: House, assetClass: SweptAssetClass, trail: AttemptTrail): Source | null => {
  const has = ({ bars }: Capability) => bars.includes('1m')
  const about = { assetClass, kind: 'charts', has, delayMaxMinutes: DELAY_MAX_MINUTES, trail } as const
  return ableSources(house, about).next().value?.source ?? null
}

interface Wanted {
  instrument: Instrument
  from: Micros
}

interface InstrumentBars {
  instrument: Instrument
  from: Micros
  fetched: Fetched<Bar>
}

interface Round {
  answers: InstrumentBars[]
  /** How long to wait before the next one; the budget is spent. */
  restMs: number
}

/** A few calls at a time, those that wait longest first; the round ends when source or budget say no. */
async function askAll(
  deps: KeepMinutesDeps,
  o: { source: Source; wanted: readonly Wanted[]; to: Micros; trail: AttemptTrail },
): Promise<Round> {
  const waiting = [...o.wanted]
  const round: Round = { answers: [], restMs: 0 }
  const { house, signal } = deps
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      signal.throwIfAborted()
      const { instrument, from } = next
      const { assetClass, symbol } = instrument
      const range = { from: from - OVERLAP_US, to: o.to }
      const fetched = await askSource(house, o.source, {
        kind: 'charts',
        assetClass,
        priority: 'repair',
        signal,
        call: (options) =>
          o.source.provider.getBars({ ref: { assetClass, symbol }, timeframe: '1m', ...range }, options),
        // A minute without a trade has no bar: that too is an answer.
        noted: { trail: o.trail, asked: 1, served: () => 1 },
        onError: (error) => {
          if (error.kind !== 'rate_limited') return
          waiting.length = 0
          round.restMs = Math.max(round.restMs, error.retryAfterMs ?? 0)
        },
      })
      if (fetched) round.answers.push({ instrument, from: range.from, fetched })
      else if (!isReady(house, o.source.name, { kind: 'charts', assetClass })) waiting.length = 0
    }
  }
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work))
  return round
}

/** All bars of a feed in one batch; how far the minutes are goes with the last. */
async function write(
  { db, market }: KeepMinutesDeps,
  o: {
    assetClass: SweptAssetClass
    source: Source
    answers: readonly InstrumentBars[]
    to: Micros
    keptTo: Micros
    trail: AttemptTrail
  },
): Promise<number> {
  const marketNow = market.now()
  const instrumentIds = o.answers.map((a) => a.instrument.id)
  const held = new Map((await readLatest(db, { instrumentIds })).map((row) => [row.instrumentId, row]))
  const judged = o.answers.map(({ instrument, fetched, from }) => {
    const range = { timeframe: '1m' as const, from, to: o.to }
    const live = { held: held.get(instrument.id) ?? null }
    return { instrument, ...judgeBars(fetched.rows, { range, instrument, marketNow, live }) }
  })
  const findings = judged.flatMap((j) => j.findings)
  if (findings.length > 0) await writeFindings(db, o.source.name, findings)
  const bars = judged.flatMap((j) =>
    j.accepted.map((bar) => ({ feed: bar.feed, row: barRow(bar, j.instrument.id) })),
  )
  const byFeed = Map.groupBy(bars, (b) => b.feed)
  if (byFeed.size === 0) byFeed.set(o.source.name, [])
  const fetchedAt = o.answers.reduce((at, a) => Math.max(at, a.fetched.fetchedAt), 0) || marketNow
  const sync = { scope: scopeOf(o.assetClass), lastSync: o.keptTo, nextSync: null, status: 'ok' }
  let news = 0
  let left = byFeed.size
  for (const [feed, group] of byFeed) {
    left -= 1
    const written = await writeBatch(db, {
      kind: 'bars',
      source: o.source.name,
      feed,
      fetchedAt,
      marketNow,
      bars: group.map((b) => b.row),
      sync: left === 0 ? sync : undefined,
      attempts: o.trail.until(o.source.name),
    })
    news += written.bars.inserted + written.bars.updated
  }
  return news
}
