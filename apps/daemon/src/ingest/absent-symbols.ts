// Symbols that a source has just said it does not have. They are not asked from it again for a while, so that a few
// hundred unknown listings do not cost a dozen calls in every sweep.
import { type Clock, HOUR_US, type SymbolRef } from '@onetape/market'

export interface AbsentSymbols {
  note(source: string, refs: readonly SymbolRef[]): void
  /** The refs that the source may still have. */
  without(source: string, refs: readonly SymbolRef[]): SymbolRef[]
}

const REMEMBERED_US = 6 * HOUR_US
const ENTRIES_MAX = 50_000

export function createAbsentSymbols(wall: Clock): AbsentSymbols {
  const until = new Map<string, number>()
  const keyOf = (source: string, ref: SymbolRef) => `${source} ${ref.assetClass}:${ref.symbol}`
  return {
    note(source, refs) {
      if (until.size + refs.length > ENTRIES_MAX) until.clear()
      for (const ref of refs) until.set(keyOf(source, ref), wall.now() + REMEMBERED_US)
    },
    without: (source, refs) => refs.filter((ref) => (until.get(keyOf(source, ref)) ?? 0) <= wall.now()),
  }
}
