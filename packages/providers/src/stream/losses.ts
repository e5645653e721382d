// What a break in a connection may have lost, as seams: which symbols, and from when to when on the market clock.
import {
  type Clock,
  MINUTE_US,
  type Micros,
  SECOND_US,
  type SymbolRef,
  sessionAt,
  type Venue,
  venueOf,
} from '@onetape/market'
import { refKey } from './conflating-queue.ts'
import type { StreamEvent } from './contract.ts'

export type Seam = StreamEvent & { type: 'seam' }

export interface Losses {
  /** A connection has begun to deliver. */
  up(): void
  /** An event arrived. */
  heard(ref: SymbolRef, delayedMinutes: number): void
  /** From the last event of each venue on, events of `refs` may be missing; the earliest break counts. */
  begin(refs: readonly SymbolRef[], reason: string): void
  /** Events come again: the seams of those that are still wanted. Spans without any trading are none. */
  end(wanted: readonly SymbolRef[]): Seam[]
}

/** Events are under way for a moment between the vendor's stamp and us. */
const IN_FLIGHT_US = SECOND_US

interface Flow {
  lastAt: Micros
  delayMin: number
  delayMax: number
}

export function createLosses(clock: Clock): Losses {
  const flows = new Map<Venue, Flow>()
  const lost = new Map<string, { ref: SymbolRef; from: Micros; reason: string }>()
  let upAt: Micros | null = null

  return {
    up() {
      upAt = clock.now()
    },
    heard(ref, delayedMinutes) {
      const venue = venueOf(ref.assetClass)
      const flow = flows.get(venue)
      if (!flow) {
        flows.set(venue, { lastAt: clock.now(), delayMin: delayedMinutes, delayMax: delayedMinutes })
        return
      }
      flow.lastAt = clock.now()
      if (delayedMinutes < flow.delayMin) flow.delayMin = delayedMinutes
      if (delayedMinutes > flow.delayMax) flow.delayMax = delayedMinutes
    },
    begin(refs, reason) {
      // Nothing was ever promised before the first connection.
      if (upAt === null) return
      for (const ref of refs) {
        const key = refKey(ref)
        if (lost.has(key)) continue
        const flow = flows.get(venueOf(ref.assetClass))
        const last = Math.max(flow?.lastAt ?? upAt, upAt)
        lost.set(key, { ref, from: last - IN_FLIGHT_US - (flow?.delayMax ?? 0) * MINUTE_US, reason })
      }
    },
    end(wanted) {
      const keys = new Set(wanted.map(refKey))
      const now = clock.now()
      const alike = Map.groupBy(
        [...lost].filter(([key]) => keys.has(key)).map(([, loss]) => loss),
        ({ ref, from, reason }) => `${venueOf(ref.assetClass)} ${from} ${reason}`,
      )
      lost.clear()
      return [...alike.values()].flatMap((losses) => {
        const { ref, from, reason } = losses[0]!
        const venue = venueOf(ref.assetClass)
        const to = now - (flows.get(venue)?.delayMin ?? 0) * MINUTE_US
        if (!hasTrading(venue, from, to)) return []
        return [{ type: 'seam' as const, refs: losses.map((l) => l.ref), from, to, reason }]
      })
    },
  }
}

/** Whether the venue was anything but closed at some time of [from, to). */
export function hasTrading(venue: Venue, from: Micros, to: Micros): boolean {
  if (to <= from) return false
  const { state, nextChange } = sessionAt(venue, from)
  return state !== 'closed' || (nextChange !== null && nextChange.at < to)
}
