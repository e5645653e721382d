/**
 * Notices that a stream has gone mute. It knows three things: the session (only an open venue must speak; pre-market,
 * post-market, nights and holidays may be silent), each symbol's own rate, and the rate of all symbols of a venue
 * together. Pure but for the two clocks; the supervisor asks `check` once a second.
 *
 * - No frame at all for two of the vendor's heartbeats, where it has them: mute, whatever the hour.
 * - A venue is open and all its symbols together are silent for longer than their common rate explains: mute, although
 *   heartbeats may go on. Of symbols that were never heard yet, few may be thin and many cannot all be: 15 s for ten
 *   and more, up to 150 s for one. After an alarm that a new connection did not heal the patience doubles.
 * - One symbol is silent for longer than its own rate explains while the others speak: that symbol is mute, said once.
 *
 * A delayed feed opens and closes later: sessions are judged at the time its events are from.
 */
import {
  type Clock,
  MINUTE_US,
  type Micros,
  type SymbolRef,
  sessionAt,
  type Venue,
  venueOf,
} from '@onetape/market'
import { type ArrivalRate, createArrivalRate } from './arrival-rate.ts'
import { refKey } from './conflating-queue.ts'

export interface WatchdogOptions {
  marketClock: Clock
  wallClock: Clock
  /** The vendor promises a frame of some kind this often. */
  heartbeatMs?: number
}

export interface MuteSymbol {
  ref: SymbolRef
  lastAt: Micros
}

export interface Watchdog {
  /** A connection is up and subscribed: what was silent before is excused. */
  connected(): void
  /** Any frame. */
  alive(): void
  /** An event of a symbol. */
  heard(ref: SymbolRef, delayedMinutes: number): void
  setRefs(refs: readonly SymbolRef[]): void
  check(): { connection: string | null; symbols: MuteSymbol[] }
}

const CONNECTION_FLOOR_MS = 5_000
const SYMBOL_FLOOR_MS = 2_000
/** A connection on which something comes every second is found mute within 15 s, whatever its ups and downs. */
const BUSY_MEAN_MS = 1_000
const BUSY_PATIENCE_MS = 14_000
const UNKNOWN_MIN_MS = 12_000
const UNKNOWN_MAX_MS = 150_000
const DOUBLINGS_MAX = 6

interface Member {
  ref: SymbolRef
  rate: ArrivalRate
  lastAt: Micros | null
  isSaid: boolean
}

interface Group {
  venue: Venue
  rate: ArrivalRate
  members: Map<string, Member>
  /** Wall time, in ms, since which the venue is open and the connection up; null while either is not so. */
  judgedSinceMs: number | null
  delayedMinutes: number
  /** Alarms in a row without any event between them. */
  alarms: number
}

export function createWatchdog(o: WatchdogOptions): Watchdog {
  const groups = new Map<Venue, Group>()
  const nowMs = () => o.wallClock.now() / 1000
  let upMs: number | null = null
  let frameMs = nowMs()

  const isOpen = (group: Group): boolean =>
    sessionAt(group.venue, o.marketClock.now() - group.delayedMinutes * MINUTE_US).state === 'open'
  /** Follows the session; a rate never learns from a gap in which nobody had to speak. */
  const judge = (group: Group, now: number): boolean => {
    if (upMs === null || !isOpen(group)) {
      group.judgedSinceMs = null
      return false
    }
    group.judgedSinceMs ??= now
    group.rate.skipTo(group.judgedSinceMs)
    return true
  }
  const heartbeatFault = (now: number): string | null => {
    if (!o.heartbeatMs || upMs === null) return null
    const silentMs = now - Math.max(frameMs, upMs)
    return silentMs > heartbeatPatience(o.heartbeatMs) ? `no heartbeat for ${seconds(silentMs)} s` : null
  }
  return {
    connected() {
      upMs = nowMs()
      frameMs = upMs
      for (const group of groups.values()) group.judgedSinceMs = null
    },
    alive() {
      frameMs = nowMs()
    },
    heard(ref, delayedMinutes) {
      const now = nowMs()
      frameMs = now
      const group = groups.get(venueOf(ref.assetClass))
      const member = group?.members.get(refKey(ref))
      if (!group || !member) return
      group.alarms = 0
      group.delayedMinutes = delayedMinutes
      member.lastAt = o.marketClock.now()
      member.isSaid = false
      if (!judge(group, now)) return
      member.rate.skipTo(group.judgedSinceMs!)
      group.rate.heard(now)
      member.rate.heard(now)
    },
    setRefs(refs) {
      regroup(groups, refs, nowMs())
    },
    check() {
      const now = nowMs()
      const symbols: MuteSymbol[] = []
      let connection = heartbeatFault(now)
      for (const group of groups.values()) {
        if (!judge(group, now)) continue
        const silentMs = now - group.rate.since
        if (silentMs > groupPatience(group)) {
          connection ??= `nothing of ${group.members.size} ${group.venue} symbols for ${seconds(silentMs)} s while the market is open`
          group.alarms += 1
        } else symbols.push(...muteMembers(group, now))
      }
      // What is no news of a symbol is none of the connection either: said once, by the connection.
      if (connection !== null) upMs = null
      return { connection, symbols: connection === null ? symbols : [] }
    },
  }
}

const seconds = (ms: number): number => Math.round(ms / 1000)

/** Two beats missed; for slow hearts a little more than one, so that 15 s are not passed without need. */
const heartbeatPatience = (heartbeatMs: number): number =>
  Math.max(3_000, Math.min(2 * heartbeatMs, Math.max(1.2 * heartbeatMs, 14_000)))

function groupPatience(group: Group): number {
  const own = group.rate.patienceMs()
  const doubled = 2 ** Math.min(group.alarms, DOUBLINGS_MAX)
  if (own === null) {
    const few = UNKNOWN_MAX_MS / group.members.size
    return doubled * Math.min(UNKNOWN_MAX_MS, Math.max(UNKNOWN_MIN_MS, few))
  }
  const patience = Math.max(CONNECTION_FLOOR_MS, own)
  return doubled * (group.rate.meanMs <= BUSY_MEAN_MS ? Math.min(patience, BUSY_PATIENCE_MS) : patience)
}

function muteMembers(group: Group, now: number): MuteSymbol[] {
  const found: MuteSymbol[] = []
  for (const member of group.members.values()) {
    if (member.isSaid || member.lastAt === null) continue
    member.rate.skipTo(group.judgedSinceMs!)
    const own = member.rate.patienceMs()
    if (own === null) continue
    const patience = Math.max(SYMBOL_FLOOR_MS, own)
    const othersSpeak = now - group.rate.since < patience / 2
    if (!othersSpeak || now - member.rate.since <= patience) continue
    member.isSaid = true
    found.push({ ref: member.ref, lastAt: member.lastAt })
  }
  return found
}

/** Members that stay keep what is known of them. */
function regroup(groups: Map<Venue, Group>, refs: readonly SymbolRef[], now: number): void {
  const byVenue = Map.groupBy(refs, (ref) => venueOf(ref.assetClass))
  for (const venue of groups.keys()) if (!byVenue.has(venue)) groups.delete(venue)
  for (const [venue, wanted] of byVenue) {
    const before = groups.get(venue)
    const members = new Map(
      wanted.map((ref) => {
        const fresh = { ref, rate: createArrivalRate(now), lastAt: null, isSaid: false }
        return [refKey(ref), before?.members.get(refKey(ref)) ?? fresh]
      }),
    )
    if (before) before.members = members
    else {
      const rate = createArrivalRate(now)
      groups.set(venue, { venue, rate, members, judgedSinceMs: null, delayedMinutes: 0, alarms: 0 })
    }
  }
}
