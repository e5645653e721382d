// What a series question may become: whose corporate actions are known, and whether a basis can be reached with them.

import type { Bar } from '@onetape/market'
import { addDays, type Basis, type CorporateAction, dateInZone, type SymbolRef } from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import { conversionFault, convertBars, type SeriesRange } from './adjust.ts'
import { currencyOf } from './answer.ts'
import type { RouterParts } from './parts.ts'

/** Nothing else splits or pays dividends here: such a series stands on every basis at once. */
const hasActions = ({ assetClass }: SymbolRef) => assetClass === 'equity'

interface Known {
  source: string
  actions: readonly CorporateAction[]
}

export class BasisConversion {
  readonly #ref: SymbolRef
  readonly #range: SeriesRange
  readonly #known: Known | null
  readonly #today: string

  private constructor(ref: SymbolRef, range: SeriesRange, o: { known: Known | null; today: string }) {
    this.#ref = ref
    this.#range = range
    this.#known = o.known
    this.#today = o.today
  }

  /** Reads the tape's corporate actions, where a basis is asked for and the instrument can have any. */
  static async of(
    { tape, marketClock, onDefect }: RouterParts,
    { ref, wanted, ...range }: SeriesRange & { ref: SymbolRef; wanted: Basis | undefined },
  ): Promise<BasisConversion> {
    const today = dateInZone(marketClock.now(), NEW_YORK)
    const needed = wanted !== undefined && hasActions(ref) && tape !== undefined
    const read = needed ? tape.actions(ref, dateInZone(range.from, 'UTC'), addDays(today, 1)) : null
    const known = await Promise.resolve(read).catch((error) => {
      onDefect?.(error)
      return null
    })
    return new BasisConversion(ref, range, { known, today })
  }

  /** Why bars on `from` cannot become bars on `to`, or null. */
  fault(from: Basis, to: Basis): string | null {
    if (from === to || !hasActions(this.#ref)) return null
    if (!this.#known) return `the tape knows no corporate actions of ${this.#ref.symbol} to convert them by`
    return conversionFault({ ...this.#conversion(this.#known), from, to }, this.#range)
  }

  /** @returns the bars and whose actions were used (null where there was nothing to convert), or why not. */
  convert(
    bars: readonly Bar[],
    from: Basis,
    to: Basis,
  ): { bars: Bar[]; actionsSource: string | null } | string {
    if (from === to) return { bars: [...bars], actionsSource: null }
    const fault = this.fault(from, to)
    if (fault !== null) return fault
    if (!this.#known || !hasActions(this.#ref))
      return { bars: bars.map((bar) => ({ ...bar, basis: to })), actionsSource: null }
    const converted = convertBars(bars, { ...this.#conversion(this.#known), from, to })
    return typeof converted === 'string' ? converted : { bars: converted, actionsSource: this.#known.source }
  }

  #conversion({ actions }: Known) {
    return { actions, today: this.#today, currency: currencyOf(this.#ref) }
  }
}
