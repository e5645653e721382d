// The place of one instrument in memory. It lives as long as the hub knows the instrument, so that whoever follows
// some instruments holds their slots and looks at nothing else; its row is replaced, and written as JSON once.
import type { LatestView } from '@onetape/db'
import type { StaleRule } from './cadence.ts'
import { factsJson, quoteJson } from './quote-json.ts'

export class Slot {
  #row: LatestView
  #facts: string
  #json: string | null = null
  #rule: StaleRule | null = null
  #staleAfterUs: number | null = null

  constructor(row: LatestView) {
    this.#row = row
    this.#facts = factsJson(row)
  }

  get row(): LatestView {
    return this.#row
  }

  hold(row: LatestView): void {
    const was = this.#row
    const same = row.key === was.key && row.symbol === was.symbol && row.name === was.name
    if (!same || row.assetClass !== was.assetClass) this.#facts = factsJson(row)
    this.#row = row
    this.#json = null
  }

  /** The row as a `QuoteRow` in JSON, under a rule that knows what is stale now. */
  json(rule: StaleRule): string {
    if (this.#json !== null && this.#rule === rule) return this.#json
    const staleAfterUs = rule.staleAfterUs(this.#row)
    if (this.#json === null || staleAfterUs !== this.#staleAfterUs) {
      this.#json = quoteJson(this.#facts, this.#row, staleAfterUs)
    }
    this.#rule = rule
    this.#staleAfterUs = staleAfterUs
    return this.#json
  }
}
