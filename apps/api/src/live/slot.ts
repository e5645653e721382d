// The place of one instrument in memory. It lives as long as the hub knows the instrument, so that whoever follows
// some instruments holds their slots and looks at nothing else; its row is replaced, and written as JSON once.
import type { InstrumentFacts, LatestView } from '@onetape/db'
import type { StaleRule } from './cadence.ts'
import { HeldRow } from './held-row.ts'
import { factsJson, quoteJson } from './quote-json.ts'

/** A row grows and shrinks by some digits; with room to spare it is written where the one before was. */
const SPARE_BYTES = 40

export class Slot {
  /** Of its row; followers look at this for every slot of theirs at every change. */
  batchId: number
  readonly #held: HeldRow
  #facts: Uint8Array
  #json = new Uint8Array(0)
  #written = false
  #rule: StaleRule | null = null
  #staleAfterUs: number | null = null

  constructor(row: LatestView) {
    this.batchId = row.batchId
    this.#held = new HeldRow(row)
    this.#facts = factsJson(row)
  }

  get instrument(): InstrumentFacts {
    return this.#held.instrument
  }

  /** Made anew for whoever asks. */
  get row(): LatestView {
    return this.#held.view(this.batchId)
  }

  hold(row: LatestView): void {
    const was = this.instrument
    this.#held.set(row)
    if (this.instrument !== was) this.#facts = factsJson(row)
    this.batchId = row.batchId
    this.#written = false
  }

  /** The row as a `QuoteRow` in JSON, under a rule that knows what is stale now. Valid until something changes. */
  json(rule: StaleRule): Uint8Array {
    if (this.#written && this.#rule === rule) return this.#json
    const staleAfterUs = rule.staleAfterUs(this.instrument)
    if (!this.#written || staleAfterUs !== this.#staleAfterUs) {
      this.#keep(quoteJson(this.#facts, this.row, staleAfterUs))
    }
    this.#written = true
    this.#rule = rule
    this.#staleAfterUs = staleAfterUs
    return this.#json
  }

  #keep(json: Uint8Array): void {
    const { buffer, byteOffset, length } = this.#json
    const sameLength = json.length === length
    if (!sameLength && buffer.byteLength >= json.length) {
      this.#json = new Uint8Array(buffer, byteOffset, json.length)
    } else if (!sameLength) {
      this.#json = new Uint8Array(new ArrayBuffer(json.length + SPARE_BYTES), 0, json.length)
    }
    this.#json.set(json)
  }
}
