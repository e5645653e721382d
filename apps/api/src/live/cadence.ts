// How often each instrument is asked for, and so from which age on its quote is stale.
import { type AssetClass, type Micros, SECOND_US, sessionAt, type Venue, venueOf } from '@onetape/market'

export interface TierReads {
  tiers(): Promise<{ name: string; frequencyS: number; enabled: boolean }[]>
  members(): Promise<{ instrumentId: number; tier: string }[]>
}

export interface StaleRule {
  staleAfterUs(row: { instrumentId: number; assetClass: AssetClass }): number | null
}

const CADENCES_MISSED = 2

export class Cadence {
  #byInstrument = new Map<number, number>()
  #slowestS = 3_600

  async refresh(reads: TierReads): Promise<void> {
    const [tiers, members] = await Promise.all([reads.tiers(), reads.members()])
    const frequencies = new Map(tiers.map((t) => [t.name, t.frequencyS]))
    this.#slowestS = Math.max(...frequencies.values(), 60)
    this.#byInstrument = new Map(
      members.map((m) => [m.instrumentId, frequencies.get(m.tier) ?? this.#slowestS]),
    )
  }

  /** The rule at one instant: outside a venue's regular session no quote is owed, so none is stale. */
  at(now: Micros): StaleRule {
    const open = new Map<Venue, boolean>()
    const isOpen = (venue: Venue): boolean => {
      const known = open.get(venue) ?? sessionAt(venue, now).state === 'open'
      open.set(venue, known)
      return known
    }
    return {
      staleAfterUs: ({ instrumentId, assetClass }) =>
        isOpen(venueOf(assetClass))
          ? CADENCES_MISSED * (this.#byInstrument.get(instrumentId) ?? this.#slowestS) * SECOND_US
          : null,
    }
  }
}
