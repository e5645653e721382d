// One round of keeping minutes: the vendor's own bars of what is over asked for, a call for each instrument, judged and
// written together with how far the minutes are.
import { type Db, type Instrument, readLatest, writeBatch, writeFindings } from '@onetape/db'
import { type Bar, type Clock, MINUTE_US, type Micros } from '@onetape/market'
import type { Fetched } from '@onetape/providers'
import { barRow, judgeBars } from '../backfill/judge-bars.ts'
import { askSource, type House, isReady, type Source } from '../ingest/ask-source.ts'
import type { AttemptTrail } from '../ingest/attempt-trail.ts'

/** Trades reported late still change the bar before. */
const OVERLAP_US = 2 * MINUTE_US
const CALLS_AT_ONCE = 4

export interface WantedMinutes {
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
export async function askMinutes(
  deps: { house: House; signal: AbortSignal },
  o: { source: Source; wanted: readonly WantedMinutes[]; to: Micros; trail: AttemptTrail },
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
export async function writeMinutes(
  { db, market }: { db: Db; market: Clock },
  o: {
    /** Of the sync state. */
    scope: string
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
  const sync = { scope: o.scope, lastSync: o.keptTo, nextSync: null, status: 'ok' }
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
