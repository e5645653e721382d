/**
 * Keeps the findings worth a row. A fault that a vendor repeats word for word is stored once; one that strikes a
 * great part of a batch is stored as one finding with a count and a sample, not as eight thousand.
 */
import type { FindingRow } from '@onetape/db'
import type { Micros } from '@onetape/market'

export interface FindingMemory {
  /**
   * The rows to store, given all of one source's findings in one sweep; of a stream, which repeats its fault with every
   * event, at most one of a kind and symbol in each `onceEveryUs`.
   */
  fresh(
    source: string,
    rows: readonly FindingRow[],
    streamed?: { onceEveryUs: number; now: Micros },
  ): FindingRow[]
}

const ALIKE_MAX = 50
const SAMPLE = 20
const REMEMBERED_MAX = 20_000

export function createFindingMemory(): FindingMemory {
  const seen = new Set<string>()
  const isNew = (key: string): boolean => {
    if (seen.has(key)) return false
    if (seen.size >= REMEMBERED_MAX) seen.clear()
    seen.add(key)
    return true
  }
  return {
    fresh(source, rows, streamed) {
      const period = streamed ? Math.floor(streamed.now / streamed.onceEveryUs) : null
      const kept: FindingRow[] = []
      for (const [kind, alike] of Map.groupBy(rows, (row) => row.kind)) {
        const fresh = alike.filter((row) => {
          const which = period === null ? `${row.ts} ${priceOf(row)}` : `every ${period}`
          return isNew(`${source} ${kind} ${row.symbol} ${which}`)
        })
        kept.push(...(fresh.length > ALIKE_MAX ? [collapsed(kind, fresh)] : fresh))
      }
      return kept
    },
  }
}

const priceOf = (row: FindingRow): unknown => (row.evidence as { last?: unknown } | null)?.last ?? ''

function collapsed(kind: string, rows: readonly FindingRow[]): FindingRow {
  const sample = rows.slice(0, SAMPLE).map(({ symbol, ts, evidence }) => ({ symbol, ts, evidence }))
  return { kind, instrumentId: null, symbol: '*', ts: null, evidence: { count: rows.length, sample } }
}
