// Pieces in hand: asked a few at a time between the sweeps, judged, written together, one batch for each source and feed.
import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises'
import {
  type Chunk,
  type Db,
  type EndedPiece,
  type FindingRow,
  type Instrument,
  readInstruments,
  writeBatch,
  writeFindings,
} from '@onetape/db'
import type { Bar, Clock } from '@onetape/market'
import { barRow, judgeBars } from '../backfill/judge-bars.ts'
import type { House } from '../ingest/ask-source.ts'
import type { KeptAttempt } from '../ingest/attempt-trail.ts'
import type { SweptAssetClass } from '../ingest/house-order.ts'
import type { SettleReport } from '../ingest/settle.ts'
import type { Universe } from '../universe/universe.ts'
import { askSpan, type SpanAnswer } from './ask-span.ts'
import { datesOf, WHOLE_CLASS } from './plan-pieces.ts'

export interface WorkOffDeps {
  db: Db
  house: House
  market: Clock
  universe: Universe
  signal: AbortSignal
  settle(assetClass: SweptAssetClass, dates: readonly string[]): Promise<SettleReport>
  concurrency?: number
}

export interface WorkedOff {
  pieces: EndedPiece[]
  calls: number
  /** Nobody can be asked now: how long to leave the class alone; null when all went well, 0 when time was up. */
  restMs: number | null
}

const CONCURRENCY = 3
/** A budget that has room again within this is waited for. */
const PATIENCE_MS = 3_000
const BATCH_ROWS = 6_000
/** What is not back by then is given back before another process may take it. */
const LEASE_SPARE_MS = 5_000

interface Brought {
  piece: Chunk
  instrument: Instrument
  answer: Extract<SpanAnswer, { kind: 'bars' }>
}

export async function workOff(
  deps: WorkOffDeps,
  o: {
    assetClass: SweptAssetClass
    pieces: readonly Chunk[]
    leaseMs: number
    /** Resolves when no sweep is under way. */
    quiet(): Promise<unknown>
  },
): Promise<WorkedOff> {
  const worked: WorkedOff = { pieces: [], calls: 0, restMs: null }
  const whole = o.pieces.filter((piece) => piece.instrumentId === WHOLE_CLASS)
  for (const piece of whole) worked.pieces.push(await settleDays(deps, o.assetClass, piece))
  const single = o.pieces.filter((piece) => piece.instrumentId !== WHOLE_CLASS)
  if (single.length === 0) return worked
  const byId = await instrumentsFor(deps, single)
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(Math.max(1, o.leaseMs - LEASE_SPARE_MS))])
  const waiting = [...single]
  const brought: Brought[] = []
  const hand = async () => {
    for (let piece = waiting.shift(); piece; piece = waiting.shift()) {
      const instrument = byId.get(piece.instrumentId)
      if (!instrument) {
        worked.pieces.push(ended(piece, 'failed', 'the tape does not know its instrument any more'))
        continue
      }
      const answer = await askPatiently(deps, { instrument, piece, signal, quiet: o.quiet })
      if (answer.kind === 'bars') brought.push({ piece, instrument, answer })
      else if (answer.kind === 'refused') worked.pieces.push(ended(piece, 'failed', answer.reason))
      else {
        // The budget is short, or nobody answers: the others would hear the same.
        worked.restMs = Math.max(worked.restMs ?? 0, answer.restMs)
        const error = answer.restMs > 0 ? answer.reason : null
        for (const rest of [piece, ...waiting.splice(0)]) worked.pieces.push(ended(rest, 'planned', error))
      }
      await breathe()
    }
  }
  await Promise.all(Array.from({ length: deps.concurrency ?? CONCURRENCY }, hand))
  await o.quiet()
  worked.pieces.push(...(await store(deps, brought)))
  worked.calls = brought.reduce((sum, b) => sum + b.answer.fetched.calls, 0)
  return worked
}

async function askPatiently(
  deps: WorkOffDeps,
  o: { instrument: Instrument; piece: Chunk; signal: AbortSignal; quiet(): Promise<unknown> },
): Promise<SpanAnswer> {
  try {
    for (;;) {
      await o.quiet()
      const answer = await askSpan(deps, o)
      if (answer.kind !== 'later' || answer.restMs > PATIENCE_MS) return answer
      await pause(answer.restMs + 1, undefined, { signal: o.signal })
    }
  } catch (error) {
    if (!o.signal.aborted) throw error
    return { kind: 'later', restMs: 0, reason: 'given back' }
  }
}

const ended = (
  { seq }: Chunk,
  status: EndedPiece['status'],
  error: string | null = null,
  more: Partial<EndedPiece> = {},
): EndedPiece => ({ seq, status, source: null, rowsOffered: 0, rowsWritten: 0, error, ...more })

async function settleDays(deps: WorkOffDeps, assetClass: SweptAssetClass, piece: Chunk): Promise<EndedPiece> {
  const { settled, unsettled } = await deps.settle(assetClass, datesOf(assetClass, piece))
  if (settled === 0) return ended(piece, 'failed', `no source has the days (${unsettled.length} instruments)`)
  return ended(piece, 'done', null, { rowsOffered: settled, rowsWritten: settled })
}

/** The universe knows nearly all of them; one that left it since is looked up in the tape. */
async function instrumentsFor(
  { db, universe }: WorkOffDeps,
  pieces: readonly Chunk[],
): Promise<Map<number, Instrument>> {
  const wanted = new Set(pieces.map((piece) => piece.instrumentId))
  const found = new Map<number, Instrument>()
  for (const { name } of universe.tiers())
    for (const i of universe.members(name)) if (wanted.has(i.id)) found.set(i.id, i)
  if (found.size < wanted.size)
    for (const i of await readInstruments(db)) if (wanted.has(i.id)) found.set(i.id, i)
  return found
}

interface Part {
  piece: Chunk
  instrument: Instrument
  bars: Bar[]
  fetchedAt: number
}

/** All of a source's answers in few batches; a batch is all of it or nothing. */
async function store(deps: WorkOffDeps, brought: readonly Brought[]): Promise<EndedPiece[]> {
  const marketNow = deps.market.now()
  const pieces: EndedPiece[] = []
  for (const [source, answers] of Map.groupBy(brought, (b) => b.answer.source)) {
    const findings: FindingRow[] = []
    const parts = answers.map(({ piece, instrument, answer: { fetched } }): Part => {
      const judged = judgeBars(fetched.rows, { range: piece, instrument, marketNow })
      findings.push(...judged.findings)
      return { piece, instrument, bars: judged.accepted, fetchedAt: fetched.fetchedAt }
    })
    const attempts = answers.at(-1)!.answer.trail.until(source)
    let group: Part[] = []
    let rows = 0
    const flush = async () => {
      if (group.length === 0) return
      const written = await writeParts(deps, { source, parts: group, marketNow, attempts })
      pieces.push(...shared(group, { source, written }))
      group = []
      rows = 0
    }
    for (const part of parts) {
      group.push(part)
      rows += part.bars.length
      if (rows >= BATCH_ROWS) await flush()
    }
    await flush()
    if (findings.length > 0) await writeFindings(deps.db, source, findings)
  }
  return pieces
}

/** @returns rows that were new or changed. */
async function writeParts(
  { db }: WorkOffDeps,
  o: { source: string; parts: readonly Part[]; marketNow: number; attempts: readonly KeptAttempt[] },
): Promise<number> {
  const rows = o.parts.flatMap(({ bars, instrument }) =>
    bars.map((bar) => ({ feed: bar.feed, row: barRow(bar, instrument.id) })),
  )
  let written = 0
  for (const [feed, group] of Map.groupBy(rows, (r) => r.feed)) {
    for (let at = 0; at < group.length; at += BATCH_ROWS) {
      const { bars } = await writeBatch(db, {
        kind: 'bars',
        source: o.source,
        feed,
        fetchedAt: Math.max(...o.parts.map((p) => p.fetchedAt)),
        marketNow: o.marketNow,
        bars: group.slice(at, at + BATCH_ROWS).map((r) => r.row),
        attempts: o.attempts,
      })
      written += bars.inserted + bars.updated
    }
  }
  return written
}

/** A batch says how many of its rows were news, not whose: they are counted with its pieces in order. */
function shared(parts: readonly Part[], o: { source: string; written: number }): EndedPiece[] {
  let left = o.written
  return parts.map(({ piece, bars }) => {
    const rowsWritten = Math.min(bars.length, left)
    left -= rowsWritten
    return ended(piece, 'done', null, { source: o.source, rowsOffered: bars.length, rowsWritten })
  })
}
