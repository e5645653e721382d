/**
 * One sweep: everything that is due of one asset class is asked for in bulk, judged row by row, and written: a batch for
 * each source that answered, its tier's sync state with the last of them.
 */
import { type Db, type HeldPrice, readHeld } from '@onetape/db'
import { type AssetClass, type Clock, type Micros, millisFromMicros, type SymbolRef } from '@onetape/market'
import { type Answer, askHouse, type HouseAnswer } from './ask-house.ts'
import type { House } from './ask-source.ts'
import type { AttemptTrail } from './attempt-trail.ts'
import type { DayBook } from './day-book.ts'
import type { FindingMemory } from './finding-memory.ts'
import { type DueInstrument, type Judged, judgeAnswer } from './judge-answer.ts'
import { mergeAnswers } from './merge-answers.ts'
import type { PreviousCloses } from './previous-closes.ts'
import type { SweepNote, SweepOutcome, TierBook } from './tier-book.ts'
import { type Part, partsOf, writeBehind, writeParts } from './write-sweep.ts'

export interface SweepDeps {
  db: Db
  house: House
  market: Clock
  wall: Clock
  memory: FindingMemory
  closes: PreviousCloses
  book: TierBook
  days: DayBook
}

export interface SweepTarget {
  tier: string
  frequencyS: number
  instruments: readonly DueInstrument['instrument'][]
}

export interface SweepRequest {
  assetClass: AssetClass
  /** The most urgent first. */
  targets: readonly SweepTarget[]
  signal: AbortSignal
}

export interface SweepReport {
  /** False when no source answered: the slot is still to be served. */
  answered: boolean
  notes: SweepNote[]
  /** Symbols that nobody answered for, and who was asked or left alone. */
  missing: readonly SymbolRef[]
  trail: AttemptTrail
}

/** Reading every price that is held is cheaper than naming more than these. */
const HELD_LIST_MAX = 1_000

/** @throws what the database throws, and the signal's reason; a vendor's error is among the source states. */
export async function sweep(deps: SweepDeps, request: SweepRequest): Promise<SweepReport> {
  const wallStart = deps.wall.now()
  const at = deps.market.now()
  const due = dueBySymbol(request.targets)
  const refs = [...due.values()].map(({ instrument: { assetClass, symbol } }) => ({ assetClass, symbol }))
  const { assetClass, signal } = request
  // Read while the vendor works: when its answer is there, what it is judged by is there too.
  const held = readHeldOf(deps.db, due)
  held.catch(() => {}) // told where it is awaited, unless the sweep fails before
  const asked = await askHouse(deps.house, { assetClass, refs, signal })
  const answers = mergeAnswers(asked.answers)
  const judged = await judge(deps, { answers, request, due, held })
  const notes: SweepNote[] = []
  for (const target of request.targets) {
    signal.throwIfAborted()
    const parts = partsOf(target.tier, { answers, judged, isFirst: notes.length === 0 })
    const outcome = outcomeOf({ request, target, asked, at, parts, judged, due, isFirst: notes.length === 0 })
    const ticks = await writeParts(deps, { target, assetClass, parts, outcome, trail: asked.trail })
    const note = { ...outcome, ticks, ms: Math.round(millisFromMicros(deps.wall.now() - wallStart)) }
    deps.book.record(note)
    notes.push(note)
  }
  await writeBehind(deps, { assetClass, signal })
  const answered = asked.answers.length > 0 || refs.length === 0
  return { answered, notes, missing: asked.missing, trail: asked.trail }
}

/** A symbol that two targets hold is served by the more urgent one. */
function dueBySymbol(targets: readonly SweepTarget[]): Map<string, DueInstrument> {
  const due = new Map<string, DueInstrument>()
  for (const { tier, instruments } of targets) {
    for (const instrument of instruments) {
      if (!due.has(instrument.symbol)) due.set(instrument.symbol, { instrument, tier })
    }
  }
  return due
}

function readHeldOf(db: Db, due: ReadonlyMap<string, DueInstrument>): Promise<Map<number, HeldPrice>> {
  const instrumentIds = [...due.values()].map((d) => d.instrument.id)
  return readHeld(db, instrumentIds.length <= HELD_LIST_MAX ? { instrumentIds } : {})
}

async function judge(
  deps: SweepDeps,
  o: {
    answers: readonly Answer[]
    request: SweepRequest
    due: ReadonlyMap<string, DueInstrument>
    held: Promise<Map<number, HeldPrice>>
  },
): Promise<Judged[]> {
  if (o.answers.length === 0) return []
  const held = await o.held
  const { assetClass } = o.request
  const marketNow = deps.market.now()
  const completed: Answer[] = []
  for (const answer of o.answers)
    completed.push(await deps.closes.complete(answer, { due: o.due, marketNow }))
  return completed.map((answer) => {
    const judged = judgeAnswer({ answer, assetClass, due: o.due, held, marketNow })
    for (const feeds of judged.rows.values()) for (const rows of feeds.values()) rows.forEach(deps.days.note)
    return { ...judged, findings: deps.memory.fresh(answer.source.name, judged.findings) }
  })
}

function outcomeOf(o: {
  request: SweepRequest
  target: SweepTarget
  asked: HouseAnswer
  at: Micros
  parts: readonly Part[]
  judged: readonly Judged[]
  due: ReadonlyMap<string, DueInstrument>
  isFirst: boolean
}): SweepOutcome {
  const { tier, frequencyS } = o.target
  const rows = o.parts.flatMap((p) => p.rows)
  return {
    tier,
    assetClass: o.request.assetClass,
    frequencyS,
    at: o.at,
    answered: o.asked.answers.length > 0 || o.due.size === 0,
    sources: [...new Set(o.parts.filter((p) => p.rows.length > 0).map((p) => p.answer.source.name))],
    asked: [...o.due.values()].filter((d) => d.tier === tier).length,
    accepted: rows.length,
    missing: o.asked.missing.filter((ref) => o.due.get(ref.symbol)?.tier === tier).length,
    refused: o.isFirst ? o.judged.reduce((sum, j) => sum + j.refused, 0) : 0,
    dropped: o.isFirst ? o.asked.answers.reduce((sum, a) => sum + a.fetched.dropped.length, 0) : 0,
    findings: o.parts.reduce((sum, p) => sum + p.findings.length, 0),
    delayedMinutes: rows.reduce((max, r) => Math.max(max, r.latest.delayedMinutes), 0),
  }
}
