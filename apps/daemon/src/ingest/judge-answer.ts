// One source's answer through the gate: rows by tier, and findings. Pure; the sweep fetches before and writes after.
import type { FindingRow, Instrument, LatestView } from '@onetape/db'
import type { AssetClass, Micros, Quote } from '@onetape/market'
import type { Answer } from './ask-house.ts'
import { gate, type Held } from './gate.ts'
import { GATE_THRESHOLDS } from './gate-thresholds.ts'
import { type TapeRows, toRows } from './to-rows.ts'

/** An instrument that is due, and the tier that asked for it. */
export interface DueInstrument {
  instrument: Instrument
  tier: string
}

export interface Judged {
  /** Accepted rows by tier, then by feed: a batch has one feed. */
  rows: Map<string, Map<string, TapeRows[]>>
  findings: FindingRow[]
  refused: number
}

export interface JudgeInput {
  answer: Answer
  assetClass: AssetClass
  /** By house symbol. Rows of a whole-market answer that are not due are left alone. */
  due: ReadonlyMap<string, DueInstrument>
  held: ReadonlyMap<number, Held>
  marketNow: Micros
}

const DROPPED_MAX = 20

export function judgeAnswer(o: JudgeInput): Judged {
  const { fetched, source, capability } = o.answer
  const judged: Judged = { rows: new Map(), findings: droppedFindings(o.answer), refused: 0 }
  for (const snapshot of fetched.rows) {
    const { quote } = snapshot
    const due = o.due.get(quote.symbol)
    if (!isAsked(o, quote)) {
      judged.findings.push(wrongSymbol(quote, due?.instrument ?? null))
      judged.refused += 1
      continue
    }
    if (!due) continue
    const { instrument, tier } = due
    const held = o.held.get(instrument.id) ?? null
    const { row, findings } = gate({
      snapshot,
      source: source.name,
      currency: instrument.currency,
      held,
      marketNow: o.marketNow,
      thresholds: GATE_THRESHOLDS[o.assetClass],
    })
    for (const { kind, evidence } of findings) {
      const ts = quote.tsOrigin === 'vendor' && Number.isSafeInteger(quote.ts) ? quote.ts : null
      judged.findings.push({ kind, instrumentId: instrument.id, symbol: instrument.symbol, ts, evidence })
    }
    if (!row) {
      judged.refused += 1
      continue
    }
    const rows = toRows({
      instrument,
      row,
      fetchedAt: fetched.fetchedAt,
      held: held?.source === source.name ? held : null,
      basis: capability.barsBasis,
    })
    listAt(mapAt(judged.rows, tier), quote.feed).push(rows)
  }
  return judged
}

/** Of a whole-market answer nobody asked for one row or another; of a list every row must be on it. */
const isAsked = ({ answer: { refs }, assetClass, due }: JudgeInput, quote: Quote): boolean =>
  quote.assetClass === assetClass && (refs === 'all' || due.has(quote.symbol))

const wrongSymbol = (quote: Quote, instrument: Instrument | null): FindingRow => ({
  kind: 'wrong_symbol',
  instrumentId: instrument?.id ?? null,
  symbol: quote.symbol,
  ts: null,
  evidence: { last: quote.last, ts: quote.ts, assetClass: quote.assetClass, reason: NOT_ASKED_FOR },
})

/** As the adapters say it of a row that their list did not hold. */
const NOT_ASKED_FOR = 'was not asked for'

/** Rows that the adapter itself could not read, or that nobody asked it for. */
const droppedFindings = ({ fetched }: Answer): FindingRow[] =>
  fetched.dropped.slice(0, DROPPED_MAX).map(({ row, reason }) => ({
    kind: reason === NOT_ASKED_FOR ? 'wrong_symbol' : 'malformed_row',
    instrumentId: null,
    symbol: typeof row === 'string' ? row : '*',
    ts: null,
    evidence: { row, reason, last: `${row} ${reason}` },
  }))

/** What the gate judges by, of a row that the tape holds. */
export const heldOf = (view: LatestView | undefined): Held | null =>
  view ? { last: view.last, ts: view.ts, source: view.source, previousClose: view.previousClose } : null

function mapAt<V>(outer: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const inner = outer.get(key) ?? new Map<string, V>()
  outer.set(key, inner)
  return inner
}

function listAt<V>(map: Map<string, V[]>, key: string): V[] {
  const list = map.get(key) ?? []
  map.set(key, list)
  return list
}
