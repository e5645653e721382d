// How often each instrument is asked for, and so from which age on its quote is stale.
import { type AssetClass, type Micros, SECOND_US, sessionAt, type Venue, venueOf } from '@onetape/market'

export interface TierReads {
  tiers(): Promise<{ name: string; frequencyS: number; enabled: boolean }[]>
  members(): Promise<{ instrumentId: number; tier: string }[]>
}

/** The same object as long as it would say the same. */
export interface StaleRule {
  staleAfterUs(row: { instrumentId: number; assetClass: AssetClass }): number | null
}

const CADENCES_MISSED = 2
const VENUES: readonly Venue[] = ['XNYS', 'CRYPTO', 'FX']

export class Cadence {
  #byInstrument = new Map<number, number>()
  #slowestS = 3_600
  #rule: StaleRule | null = null
  #ruleOf = ''

  async refresh(reads: TierReads): Promise<void> {
    const [tiers, members] = await Promise.all([reads.tiers(), reads.members()])
    const frequencies = new Map(tiers.map((t) => [t.name, t.frequencyS]))
    const slowestS = Math.max(...frequencies.values(), 60)
    const byInstrument = new Map(members.map((m) => [m.instrumentId, frequencies.get(m.tier) ?? slowestS]))
    if (slowestS === this.#slowestS && isSame(byInstrument, this.#byInstrument)) return
    this.#slowestS = slowestS
    this.#byInstrument = byInstrument
    this.#rule = null
  }

  /** The rule at one instant: outside a venue's regular session no quote is owed, so none is stale. */
  at(now: Micros): StaleRule {
    const open = VENUES.filter((venue) => sessionAt(venue, now).state === 'open')
    const ruleOf = open.join()
    if (this.#rule && ruleOf === this.#ruleOf) return this.#rule
    this.#ruleOf = ruleOf
    this.#rule = this.#ruleWhile(new Set(open))
    return this.#rule
  }

  #ruleWhile(open: ReadonlySet<Venue>): StaleRule {
    const byInstrument = this.#byInstrument
    const slowestS = this.#slowestS
    return {
      staleAfterUs: ({ instrumentId, assetClass }) =>
        open.has(venueOf(assetClass))
          ? CADENCES_MISSED * (byInstrument.get(instrumentId) ?? slowestS) * SECOND_US
          : null,
    }
  }
}

const isSame = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean => {
  if (a.size !== b.size) return false
  for (const [id, frequencyS] of a) if (b.get(id) !== frequencyS) return false
  return true
}
