// Alpaca's corporate actions: splits either way, and cash dividends. Amounts are dollars.
import type { CorporateAction } from '@onetape/market'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { dividendSchema, splitSchema } from './payload.ts'
import { refFrom } from './symbols.ts'

const SPLITS = ['forward_splits', 'reverse_splits']
const DIVIDENDS = 'cash_dividends'

const symbolOf = (raw: unknown) => textField(raw, 'symbol')

/** One page's groups. Groups that were not asked for (mergers, name changes) are counted with their reason. */
export function readActions(groups: Record<string, unknown[] | null | undefined>): Rows<CorporateAction> {
  const parts = Object.entries(groups).map(([group, list]) => {
    if (SPLITS.includes(group)) return readSplits(list ?? [])
    if (group === DIVIDENDS) return readDividends(list ?? [])
    const reason = `is of the kind ${group}, neither a split nor a cash dividend`
    const dropped = (list ?? []).map((raw, index) => ({ row: symbolOf(raw) ?? index, reason }))
    return { rows: [], dropped }
  })
  return { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
}

const readSplits = (list: readonly unknown[]): Rows<CorporateAction> =>
  readRows(list, {
    schema: splitSchema,
    nameOf: symbolOf,
    normalize: (row): CorporateAction | string => {
      const ref = refFrom('equity', row.symbol)
      if (!ref) return `symbol ${row.symbol} has no name here`
      return { ...ref, exDate: row.ex_date, kind: 'split', ratio: row.new_rate / row.old_rate }
    },
  })

const readDividends = (list: readonly unknown[]): Rows<CorporateAction> =>
  readRows(list, {
    schema: dividendSchema,
    nameOf: symbolOf,
    normalize: (row): CorporateAction | string => {
      const ref = refFrom('equity', row.symbol)
      if (!ref) return `symbol ${row.symbol} has no name here`
      return { ...ref, exDate: row.ex_date, kind: 'dividend', amount: row.rate, currency: 'USD' }
    },
  })

/** Oldest first; a regular and a special dividend of one day are two rows and one fact for whoever adjusts prices. */
export function mergeActions(actions: readonly CorporateAction[]): CorporateAction[] {
  const merged = new Map<string, CorporateAction>()
  for (const action of actions) {
    const key = `${action.symbol} ${action.exDate} ${action.kind}`
    const same = merged.get(key)
    if (same?.kind === 'dividend' && action.kind === 'dividend') {
      merged.set(key, { ...same, amount: Number((same.amount + action.amount).toPrecision(12)) })
    } else if (!same) merged.set(key, action)
  }
  return [...merged.values()].sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0))
}
