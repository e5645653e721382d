// What a stream brought becomes part of the tape through the same gate as what is polled: one batch for each feed.
import { type Db, type FindingRow, type LatestView, readLatest, writeBatch } from '@onetape/db'
import { type Bar, type Clock, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import { barRow, judgeBars } from '../backfill/judge-bars.ts'
import type { Source } from '../ingest/ask-source.ts'
import { streamedAttempt } from '../ingest/attempt-trail.ts'
import { type DayBook, dayOf } from '../ingest/day-book.ts'
import type { FindingMemory } from '../ingest/finding-memory.ts'
import { gate } from '../ingest/gate.ts'
import { GATE_THRESHOLDS } from '../ingest/gate-thresholds.ts'
import { HOUSE_ORDER } from '../ingest/house-order.ts'
import { heldOf } from '../ingest/judge-answer.ts'
import { type TapeRows, toRows } from '../ingest/to-rows.ts'
import type { Taken } from './micro-batch.ts'
import { streamedSnapshot } from './streamed-snapshot.ts'

export interface WriteTakenDeps {
  db: Db
  market: Clock
  days: DayBook
  memory: FindingMemory
}

export interface WrittenTaken {
  ticks: number
  bars: number
  /** Rows that the gate refused, and events without any price. */
  refused: number
}

/** Streams stand beside sweeps of this cadence. */
const CADENCE_US = 60 * SECOND_US
/** A bar of a stream is of these minutes, or it is none of now. */
const BAR_AGE_MAX_US = 24 * 60 * MINUTE_US

/** A stream repeats its fault with every event: one of a kind and symbol is evidence enough for this long. */
const ONCE_EVERY_US = 60 * SECOND_US

interface Part {
  rows: TapeRows[]
  bars: { bar: Bar; instrumentId: number }[]
}

export async function writeTaken(deps: WriteTakenDeps, source: Source, taken: Taken): Promise<WrittenTaken> {
  const marketNow = deps.market.now()
  const held = await heldBy(deps.db, taken)
  const findings: FindingRow[] = []
  const parts = new Map<string, Part>()
  const partOf = (feed: string): Part => {
    const part = parts.get(feed) ?? { rows: [], bars: [] }
    parts.set(feed, part)
    return part
  }
  const refused =
    judgeQuotes(deps, { source, taken, held, marketNow, findings, partOf }) +
    judgeStreamedBars({ taken, held, marketNow, findings, partOf })
  const told = deps.memory.fresh(source.name, findings, {
    onceEveryUs: ONCE_EVERY_US,
    now: marketNow,
  })
  if (parts.size === 0 && told.length > 0) partOf(source.name)
  const written: WrittenTaken = { ticks: 0, bars: 0, refused }
  let isFirst = true
  for (const [feed, { rows, bars }] of parts) {
    const result = await writeBatch(deps.db, {
      kind: 'ticks',
      source: source.name,
      feed,
      fetchedAt: marketNow,
      marketNow,
      latest: { rows: rows.map((r) => r.latest), sourceOrder: HOUSE_ORDER, cadenceUs: CADENCE_US },
      ticks: rows.flatMap((r) => r.tick ?? []),
      bars: bars.map(({ bar, instrumentId }) => barRow(bar, instrumentId)),
      findings: isFirst ? told : [],
      attempts: [...taken.healing, streamedAttempt(source.name, symbolsOf({ rows, bars }))],
    })
    isFirst = false
    written.ticks += result.ticks.inserted
    written.bars += result.bars.inserted + result.bars.updated
  }
  return written
}

const symbolsOf = ({ rows, bars }: Part): number =>
  new Set([...rows.map((r) => r.latest.instrumentId), ...bars.map((b) => b.instrumentId)]).size

async function heldBy(db: Db, { quotes, bars }: Taken): Promise<Map<number, LatestView>> {
  const ids = new Set([...quotes.keys(), ...[...bars.values()].map(({ instrument }) => instrument.id)])
  return new Map((await readLatest(db, { instrumentIds: [...ids] })).map((view) => [view.instrumentId, view]))
}

interface Judging {
  taken: Taken
  held: ReadonlyMap<number, LatestView>
  marketNow: Micros
  findings: FindingRow[]
  partOf(feed: string): Part
}

function judgeQuotes({ days }: WriteTakenDeps, o: Judging & { source: Source }): number {
  let refused = 0
  const { name, provider } = o.source
  for (const { instrument, quote } of o.taken.quotes.values()) {
    const view = o.held.get(instrument.id)
    const held = heldOf(view)
    const snapshot = streamedSnapshot(quote, {
      known: [days.get(instrument.id), view ? dayOf(view) : null],
      lastBefore: view?.source === name ? view.last : null,
    })
    if (!snapshot) {
      refused += 1
      continue
    }
    const { row, findings } = gate({
      snapshot,
      source: name,
      currency: instrument.currency,
      held,
      marketNow: o.marketNow,
      thresholds: GATE_THRESHOLDS[instrument.assetClass],
    })
    for (const { kind, evidence } of findings) {
      const { id: instrumentId, symbol } = instrument
      o.findings.push({ kind, instrumentId, symbol, ts: quote.ts, evidence: { ...evidence, streamed: true } })
    }
    if (!row) {
      refused += 1
      continue
    }
    const basis = provider.getCapabilities().byAssetClass[instrument.assetClass]?.barsBasis ?? 'raw'
    const rows = toRows({
      instrument,
      row,
      fetchedAt: o.marketNow,
      held: held?.source === name ? held : null,
      basis,
    })
    const latest = { ...rows.latest, volume: row.quote.volume ?? row.day?.volume ?? null }
    o.partOf(quote.feed).rows.push({ ...rows, latest, tick: quote.last === null ? null : rows.tick })
  }
  return refused
}

function judgeStreamedBars(o: Judging): number {
  let refused = 0
  const byInstrument = Map.groupBy(o.taken.bars.values(), ({ instrument }) => instrument.id)
  for (const [instrumentId, entries] of byInstrument) {
    const { instrument } = entries[0]!
    const bars = entries.map(({ bar }) => bar).sort((a, b) => a.ts - b.ts)
    const { accepted, findings } = judgeBars(bars, {
      range: { timeframe: '1m', from: o.marketNow - BAR_AGE_MAX_US, to: o.marketNow },
      instrument,
      marketNow: o.marketNow,
      live: { held: o.held.get(instrumentId) ?? null },
    })
    refused += findings.length
    o.findings.push(...findings)
    for (const bar of accepted) o.partOf(bar.feed).bars.push({ bar, instrumentId })
  }
  return refused
}
