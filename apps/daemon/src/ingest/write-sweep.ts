/**
 * What a sweep writes, in two steps: prices, each tier's with its sync state, for somebody waits for them; then the
 * minute bars and days that came with them. Each batch is whole by itself and has its own row in the ledger.
 */
import { type FindingRow, writeBatch } from '@onetape/db'
import { type AssetClass, SECOND_US } from '@onetape/market'
import type { Answer } from './ask-house.ts'
import type { AttemptTrail } from './attempt-trail.ts'
import { HOUSE_ORDER } from './house-order.ts'
import type { Judged } from './judge-answer.ts'
import type { SweepDeps, SweepTarget } from './sweep.ts'
import type { SweepOutcome } from './tier-book.ts'
import type { TapeRows } from './to-rows.ts'

/** Rows of one source and feed that are written together. */
export interface Part {
  answer: Answer
  feed: string
  rows: readonly TapeRows[]
  findings: readonly FindingRow[]
}

/** What one tier has to write. All findings of a source go with the first tier: they are about the answer. */
export function partsOf(
  tier: string,
  o: { answers: readonly Answer[]; judged: readonly Judged[]; isFirst: boolean },
): Part[] {
  return o.answers.flatMap((answer, i) => {
    const { rows, findings } = o.judged[i]!
    const feeds = [...(rows.get(tier) ?? [])]
    const told = o.isFirst ? findings : []
    if (feeds.length === 0 && told.length > 0)
      return [{ answer, feed: answer.source.name, rows: [], findings: told }]
    return feeds.map(([feed, rows], j) => ({ answer, feed, rows, findings: j === 0 ? told : [] }))
  })
}

/** @returns how many ticks were new. */
export async function writeParts(
  deps: SweepDeps,
  o: {
    target: SweepTarget
    assetClass: AssetClass
    parts: readonly Part[]
    outcome: SweepOutcome
    trail: AttemptTrail
  },
): Promise<number> {
  const sync = deps.book.syncOf(o.outcome) ?? undefined
  let ticks = 0
  for (const [i, part] of o.parts.entries()) {
    const isLast = i === o.parts.length - 1
    const { source, fetched } = part.answer
    const attempts = o.trail.until(source.name)
    const batch = { ...batchOf(deps, o.target, part), attempts, sync: isLast ? sync : undefined }
    ticks += (await writeBatch(deps.db, batch)).ticks.inserted
    const { fetchedAt } = fetched
    deps.days.behind.note(o.assetClass, {
      source: source.name,
      feed: part.feed,
      fetchedAt,
      attempts,
      rows: part.rows,
    })
  }
  if (o.parts.length === 0 && sync) {
    const source = HOUSE_ORDER[o.outcome.assetClass][0]!
    const now = deps.market.now()
    await writeBatch(deps.db, { kind: 'ticks', source, feed: source, fetchedAt: now, marketNow: now, sync })
  }
  return ticks
}

const batchOf = (deps: SweepDeps, target: SweepTarget, part: Part) => ({
  kind: 'ticks' as const,
  source: part.answer.source.name,
  feed: part.feed,
  fetchedAt: part.answer.fetched.fetchedAt,
  marketNow: deps.market.now(),
  latest: {
    rows: part.rows.map((r) => r.latest),
    sourceOrder: HOUSE_ORDER,
    cadenceUs: target.frequencyS * SECOND_US,
  },
  ticks: part.rows.flatMap((r) => r.tick ?? []),
  findings: part.findings,
})

/** Minute bars and days, where their turn has come. What cannot be written stays due. */
export async function writeBehind(
  { db, market, days: { behind } }: SweepDeps,
  { assetClass, signal }: { assetClass: AssetClass; signal: AbortSignal },
): Promise<void> {
  const marketNow = market.now()
  const due = behind.due(assetClass, marketNow)
  for (const batch of due) {
    signal.throwIfAborted()
    await writeBatch(db, { ...batch, kind: 'bars', marketNow })
  }
  if (due.length > 0) behind.written(assetClass, marketNow)
}
