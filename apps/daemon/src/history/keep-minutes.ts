/**
 * Completes the minute bars of the fastest tiers. A sweep sees the vendor's newest minute at one instant, often one
 * that has just begun, so the minute before would be lost: shortly after each minute the vendor's own bars of what is
 * over are asked for. How far it is lies in the tape, so a restart goes on where the last one was.
 */
import { type Db, type Instrument, readSync, writeBatch, writeFindings } from '@onetape/db'
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
import type { Fetched, IDataProvider } from '@onetape/providers'
import { barRow, judgeBars } from '../backfill/judge-bars.ts'
import { asProviderError, type House, type Source } from '../ingest/ask-house.ts'
import { HOUSE_ORDER, type SweptAssetClass } from '../ingest/house-order.ts'

export interface KeepMinutesDeps {
  db: Db
  house: House
  market: Clock
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
const EVERY_MINUTES: Readonly<Record<string, number>> = { polygon: 1, coinbase: 1 }
const EVERY_MINUTES_OTHERS = 5

export function createMinuteKeeper(deps: KeepMinutesDeps): MinuteKeeper {
  const doneTo = new Map<SweptAssetClass, Micros>()
  const running = new Set<SweptAssetClass>()

  const startOf = async (assetClass: SweptAssetClass, to: Micros): Promise<Micros> => {
    const rows = doneTo.has(assetClass) ? [] : await readSync(deps.db)
    const kept = rows.find((row) => row.scope === scopeOf(assetClass))?.lastSync
    const last = doneTo.get(assetClass) ?? kept ?? to - FIRST_REACH_US
    return Math.max(last, to - REACH_US)
  }
  const keep = async (assetClass: SweptAssetClass): Promise<number> => {
    const to = minuteOf(deps.market.now() - SETTLE_US)
    const instruments = deps.instruments(assetClass)
    const source = barSource(deps.house, assetClass)
    if (!source || instruments.length === 0) return 0
    const from = await startOf(assetClass, to)
    const everyUs = (EVERY_MINUTES[source.name] ?? EVERY_MINUTES_OTHERS) * MINUTE_US
    if (to - from < everyUs || !traded(assetClass, from, to)) return 0
    const answers = await askAll(deps, { source, instruments, from: from - OVERLAP_US, to })
    if (!answers) return 0
    const inserted = await write(deps, { assetClass, source, answers, to })
    doneTo.set(assetClass, to)
    return inserted
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

/** The first of the house order that has minutes and may be asked now. */
function barSource(house: House, assetClass: SweptAssetClass): Source | null {
  for (const name of HOUSE_ORDER[assetClass]) {
    const source = house.sources.get(name)
    const has = source?.provider.getCapabilities().byAssetClass[assetClass]?.bars.includes('1m')
    if (source && has && house.board.ready(name)) return source
  }
  return null
}

interface InstrumentBars {
  instrument: Instrument
  fetched: Fetched<Bar>
}

/** A few calls at a time. Null when the source fails: the round is tried again once it may be asked. */
async function askAll(
  { house, signal }: KeepMinutesDeps,
  o: { source: Source; instruments: readonly Instrument[]; from: Micros; to: Micros },
): Promise<InstrumentBars[] | null> {
  const waiting = [...o.instruments]
  const answers: InstrumentBars[] = []
  const { name, provider } = o.source
  const work = async () => {
    for (let instrument = waiting.shift(); instrument; instrument = waiting.shift()) {
      signal.throwIfAborted()
      try {
        answers.push({ instrument, fetched: await minutesOf(provider, { ...o, instrument, signal }) })
      } catch (error) {
        signal.throwIfAborted()
        house.board.failed(name, asProviderError(error, name))
        if (!house.board.ready(name)) waiting.length = 0
      }
    }
  }
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work))
  return house.board.ready(name) ? answers : null
}

const minutesOf = (
  provider: IDataProvider,
  o: { instrument: Instrument; from: Micros; to: Micros; signal: AbortSignal },
): Promise<Fetched<Bar>> => {
  const { assetClass, symbol } = o.instrument
  const { from, to, signal } = o
  return provider.getBars({ ref: { assetClass, symbol }, timeframe: '1m', from, to }, { signal })
}

/** All bars of a feed in one batch; how far the minutes are goes with the last. */
async function write(
  { db, market }: KeepMinutesDeps,
  o: { assetClass: SweptAssetClass; source: Source; answers: readonly InstrumentBars[]; to: Micros },
): Promise<number> {
  const marketNow = market.now()
  const judged = o.answers.map(({ instrument, fetched }) => {
    const range = { timeframe: '1m' as const, from: 0, to: o.to }
    return { instrument, ...judgeBars(fetched.rows, { range, instrument, marketNow }) }
  })
  const findings = judged.flatMap((j) => j.findings)
  if (findings.length > 0) await writeFindings(db, o.source.name, findings)
  const bars = judged.flatMap((j) =>
    j.accepted.map((bar) => ({ feed: bar.feed, row: barRow(bar, j.instrument.id) })),
  )
  const byFeed = Map.groupBy(bars, (b) => b.feed)
  if (byFeed.size === 0) byFeed.set(o.source.name, [])
  const fetchedAt = o.answers.reduce((at, a) => Math.max(at, a.fetched.fetchedAt), 0) || marketNow
  const sync = { scope: scopeOf(o.assetClass), lastSync: o.to, nextSync: null, status: 'ok' }
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
    })
    news += written.bars.inserted + written.bars.updated
  }
  return news
}
