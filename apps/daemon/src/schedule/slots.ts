/**
 * Which tiers are due. A tier of f seconds has one slot every f seconds on the market clock, `floor(now / f)`; it is
 * due once per slot, so slots missed while the process was busy, stopped or cut off come to one catch-up, never a
 * pile. Equities have slots from pre-market to the end of post-market only, forex
 * from Sunday to Friday 17:00 New York; crypto has them always.
 */
import { type AssetClass, type Micros, SECOND_US, sessionAt, venueOf } from '@onetape/market'

export interface TierCadence {
  name: string
  frequencyS: number
  priority: number
  enabled: boolean
}

export const slotOf = (now: Micros, frequencyS: number): number => Math.floor(now / (frequencyS * SECOND_US))

/** When the tier's next slot begins. */
export const nextSlotAt = (now: Micros, frequencyS: number): Micros =>
  (slotOf(now, frequencyS) + 1) * frequencyS * SECOND_US

/** Slots that have been served, by tier; one for each asset class. */
export type ServedSlots = ReadonlyMap<string, number>

/** Enabled tiers whose slot has not been served yet, the most urgent first. */
export function tiersDue(o: {
  tiers: readonly TierCadence[]
  assetClass: AssetClass
  now: Micros
  served: ServedSlots
}): TierCadence[] {
  if (!trades(o.assetClass, o.now)) return []
  return o.tiers
    .filter((t) => t.enabled && slotOf(o.now, t.frequencyS) > (o.served.get(t.name) ?? -1))
    .sort((a, b) => a.priority - b.priority)
}

/** Whether new prices may be expected at this moment, pre- and post-market included. */
export const trades = (assetClass: AssetClass, now: Micros): boolean =>
  sessionAt(venueOf(assetClass), now).state !== 'closed'

/** When the tier is next swept: its next slot, or the first one of the next session. */
export function nextSweepAt(assetClass: AssetClass, now: Micros, frequencyS: number): Micros {
  const slot = nextSlotAt(now, frequencyS)
  if (trades(assetClass, slot)) return slot
  return sessionAt(venueOf(assetClass), slot).nextChange?.at ?? slot
}
