// A backfill from start to end: plan it, record the plan, work its chunks off under leases. A run that was killed is
// found again by the same request and goes on; a run that is over is simply asked again, and adds nothing.
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Chunk,
  claimChunk,
  type Db,
  failChunk,
  finishChunk,
  type Instrument,
  planBackfill,
  readBackfill,
  readInstruments,
} from '@onetape/db'
import { type Clock, isoFromMicros, type Timeframe } from '@onetape/market'
import { type BarDesk, type BarSources, ChunkFailure, openBarDesk } from './fetch-chunk.ts'
import { BackfillProblem, pickInstruments } from './pick-instruments.ts'
import { planChunks } from './plan.ts'
import { type RowCounts, storeChunk } from './store-chunk.ts'

export interface BackfillDeps extends BarSources {
  db: Db
  marketClock: Clock
  /** Names this process in the leases. */
  worker?: string
  /** Chunks that are worked on at a time. */
  concurrency?: number
  leaseMs?: number
}

export interface BackfillRequest {
  days: number
  /** House symbols or instrument keys; null means the core tier and every coin. */
  symbols: readonly string[] | null
  /** Null means days for the whole range, and minutes for its last five days. */
  timeframes: readonly Timeframe[] | null
  /** Whether the running session is asked for as well; true unless said otherwise. */
  today?: boolean
  /** Stops after the chunks in hand were given back. */
  signal: AbortSignal
  onPlan?(plan: { runId: number; resumed: boolean; chunks: number; calls: number; rows: number }): void
  onProgress?(progress: BackfillProgress): void
}

export interface BackfillProgress {
  total: number
  done: number
  failed: number
  rows: RowCounts
  /** What was finished last, or what is waited for. */
  label: string
}

export interface BackfillFailure {
  symbol: string
  timeframe: Timeframe
  from: string
  to: string
  reason: string
}

export interface BackfillSummary {
  runId: number
  resumed: boolean
  stopped: boolean
  chunks: { total: number; done: number; failed: number; byThisRun: number }
  estimate: { calls: number; rows: number }
  rows: RowCounts
  /** Calls that the vendors counted. */
  calls: number
  failures: BackfillFailure[]
  seconds: number
}

const CONCURRENCY = 4
/** A killed worker's chunks are free after this; a slow one merely sees them claimed and left alone. */
const LEASE_MS = 20_000
const ATTEMPTS_MAX = 3
const WAIT_MS = 500
/** So many chunks in a row that no source could answer: the network is down, and asking on would take hours. */
const UNREACHABLE_MAX = 8

interface Shift extends Required<Omit<BackfillDeps, keyof BarSources>> {
  desk: BarDesk
  wallClock: Clock
  runId: number
  instruments: ReadonlyMap<number, Instrument>
  request: BackfillRequest
  summary: BackfillSummary
  inHand: Set<number>
  /** Chunks in a row that failed because no source could be reached. */
  unreachable: { chunks: number }
}

export async function runBackfill(deps: BackfillDeps, request: BackfillRequest): Promise<BackfillSummary> {
  const started = performance.now()
  const { db, marketClock, wallClock } = deps
  const desk = openBarDesk(deps)
  const picked = await pickInstruments(db, { ...request, desk, marketNow: marketClock.now() })
  const plan = planChunks(picked, { ...request, today: request.today ?? true }, marketClock.now())
  const symbols = request.symbols && picked.map((i) => i.symbol).sort()
  const { runId, resumed } = await planBackfill(db, { ...plan, days: request.days, symbols })
  const state = await readBackfill(db, runId)
  request.onPlan?.({ runId, resumed, chunks: state.total, ...plan.estimate })
  const summary: BackfillSummary = {
    runId,
    resumed,
    stopped: false,
    chunks: { total: state.total, done: state.done, failed: state.failed, byThisRun: 0 },
    estimate: plan.estimate,
    rows: { offered: 0, inserted: 0, updated: 0, duplicate: 0, rejected: 0 },
    calls: 0,
    failures: [],
    seconds: 0,
  }
  const shift: Shift = {
    db,
    marketClock,
    wallClock,
    desk,
    runId,
    request,
    summary,
    worker: deps.worker ?? `pid ${process.pid}`,
    concurrency: deps.concurrency ?? CONCURRENCY,
    leaseMs: deps.leaseMs ?? LEASE_MS,
    // A resumed run brings its own chunks: an instrument may have left the core tier since.
    instruments: new Map((resumed ? await readInstruments(db) : picked).map((i) => [i.id, i])),
    inHand: new Set(),
    unreachable: { chunks: 0 },
  }
  await workTogether(shift)
  const end = await readBackfill(db, runId)
  Object.assign(summary.chunks, { total: end.total, done: end.done, failed: end.failed })
  summary.stopped = request.signal.aborted
  summary.seconds = Math.round((performance.now() - started) / 100) / 10
  return summary
}

/** When one worker meets a fault that is no source's, all give their chunks back before it is thrown. */
async function workTogether(shift: Shift): Promise<void> {
  const fault = new AbortController()
  const signal = AbortSignal.any([shift.request.signal, fault.signal])
  const request = { ...shift.request, signal }
  const workers = Array.from({ length: shift.concurrency }, () =>
    work({ ...shift, request }).catch((error) => {
      fault.abort()
      throw error
    }),
  )
  const failed = (await Promise.allSettled(workers)).find((r) => r.status === 'rejected')
  if (failed) throw failed.reason
}

/** One worker: claims until nothing is left, or the signal says stop. */
async function work(shift: Shift): Promise<void> {
  const { db, runId, worker, wallClock, leaseMs, request, inHand } = shift
  while (!request.signal.aborted) {
    const chunk = await claimChunk(db, { runId, worker, wallNow: wallClock.now(), leaseMs })
    if (!chunk) {
      if (!(await waitForOthers(shift))) return
      continue
    }
    // Its lease ran out while another worker of ours is still on it: claiming it has renewed the lease.
    if (inHand.has(chunk.seq)) {
      await pause(WAIT_MS, undefined, { signal: request.signal }).catch(() => {})
      continue
    }
    inHand.add(chunk.seq)
    try {
      await workOff(shift, chunk)
    } finally {
      inHand.delete(chunk.seq)
    }
  }
}

/** Chunks that somebody else holds may come back: a failed attempt, or the lease of a process that was killed. */
async function waitForOthers({ db, runId, request, summary, inHand }: Shift): Promise<boolean> {
  const state = await readBackfill(db, runId)
  if (state.done + state.failed >= state.total) return false
  Object.assign(summary.chunks, { done: state.done, failed: state.failed })
  if (inHand.size === 0) report(request, summary, 'waiting for chunks that another process holds')
  await pause(WAIT_MS, undefined, { signal: request.signal }).catch(() => {})
  return true
}

async function workOff(shift: Shift, chunk: Chunk): Promise<void> {
  const { db, desk, runId, request, summary, marketClock } = shift
  const { seq } = chunk
  const instrument = shift.instruments.get(chunk.instrumentId)
  try {
    if (!instrument) throw new ChunkFailure('its instrument is not in this request', false)
    const answer = await desk.fetch(instrument, chunk, request.signal)
    const counts = await storeChunk(db, answer, { chunk, instrument, marketNow: marketClock.now() })
    await finishChunk(db, {
      runId,
      seq,
      source: answer.source,
      rowsOffered: counts.offered,
      rowsWritten: counts.inserted + counts.updated,
    })
    shift.unreachable.chunks = 0
    summary.calls += answer.fetched.calls
    for (const key of Object.keys(counts) as (keyof RowCounts)[]) summary.rows[key] += counts[key]
    summary.chunks.done += 1
    summary.chunks.byThisRun += 1
    report(request, summary, `${instrument.symbol} ${chunk.timeframe} ${answer.source}`)
  } catch (error) {
    await giveBack(shift, chunk, error)
  }
}

async function giveBack(shift: Shift, chunk: Chunk, error: unknown): Promise<void> {
  const { db, runId, request, unreachable } = shift
  const { seq } = chunk
  if (request.signal.aborted) return failChunk(db, { runId, seq, error: 'stopped', retry: true })
  // Anything but a source's refusal is a fault of ours or of the database: it ends the run, the chunk stays open.
  if (!(error instanceof ChunkFailure)) {
    await failChunk(db, { runId, seq, error: (error as Error).message, retry: true }).catch(() => {})
    throw error
  }
  unreachable.chunks = error.retry ? unreachable.chunks + 1 : 0
  const hopeless = unreachable.chunks >= UNREACHABLE_MAX
  const retry = error.retry && (hopeless || chunk.attempts < ATTEMPTS_MAX)
  await failChunk(db, { runId, seq, error: error.message, retry })
  if (hopeless)
    throw new BackfillProblem(
      `No source can be reached (${error.message}). The same command goes on from here.`,
    )
  if (retry) await pause(WAIT_MS * chunk.attempts, undefined, { signal: request.signal }).catch(() => {})
  else noteFailure(shift, chunk, error.message)
}

function noteFailure({ request, summary, instruments }: Shift, chunk: Chunk, reason: string): void {
  const symbol = instruments.get(chunk.instrumentId)?.symbol ?? `instrument ${chunk.instrumentId}`
  const { timeframe, from, to } = chunk
  summary.failures.push({ symbol, timeframe, from: isoFromMicros(from), to: isoFromMicros(to), reason })
  summary.chunks.failed += 1
  summary.chunks.byThisRun += 1
  report(request, summary, `${symbol} ${timeframe}: ${reason}`)
}

function report(request: BackfillRequest, { chunks, rows }: BackfillSummary, label: string): void {
  request.onProgress?.({
    total: chunks.total,
    done: chunks.done,
    failed: chunks.failed,
    rows: { ...rows },
    label,
  })
}
