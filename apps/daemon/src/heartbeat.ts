// The daemon's sign of life: who it is, how its sources are and how the last sweeps went, every two seconds. It is all
// that the API knows of the daemon. A beat that cannot be written is simply missing; the API draws the conclusion.
import { beatHeart, type Db } from '@onetape/db'
import type { Clock, Micros } from '@onetape/market'
import type { Running } from './assemble.ts'
import { SWEPT_ASSET_CLASSES } from './ingest/house-order.ts'
import type { SourceState } from './ingest/source-states.ts'
import type { SweepNote } from './ingest/tier-book.ts'
import type { Leases } from './schedule/leases.ts'
import type { StreamNote } from './stream/source-stream.ts'

export interface HeartbeatDetail {
  sources: SourceState[]
  /** Streams beside the sweeps. */
  streams: StreamNote[]
  /** Last sweep of each tier and asset class. */
  sweeps: SweepNote[]
  /** What the daemon is busy with beside sweeping, e.g. the first fill of history; null when nothing. */
  busyWith: string | null
  holds: Holds
}

/** What of the shared work is this daemon's now. */
export interface Holds {
  /** `minutes`, `stream:polygon`, ... */
  leases: string[]
  /** Asset classes that it goes first with, and those that it sweeps this moment. */
  lanes: string[]
  sweeping: string[]
  /** Slots, newest of each tier and asset class, that were its own. */
  slots: { tier: string; assetClass: string; slotAt: Micros; served: boolean }[]
  /** Daemons alive, itself included. */
  crew: number
}

export interface HeartbeatOptions {
  db: Db
  instanceId: string
  pid: number
  startedAt: Micros
  wall: Clock
  market: Clock
  detail(): HeartbeatDetail
  intervalMs?: number
}

const INTERVAL_MS = 2_000

export function holdsOf({ watch, sweeper, instanceId }: Running, leases: Pick<Leases, 'held'>): Holds {
  return {
    leases: leases.held().filter((name) => !name.startsWith('daemon:')),
    lanes: SWEPT_ASSET_CLASSES.filter(watch.isFirst),
    sweeping: sweeper.busyWith(),
    slots: watch
      .slots()
      .filter((slot) => slot.claimedBy === instanceId)
      .map(({ tier, assetClass, slotAt, served }) => ({ tier, assetClass, slotAt, served })),
    crew: watch.crew().length,
  }
}

export function startHeartbeat(o: HeartbeatOptions): AsyncDisposable & { beat(): Promise<void> } {
  let beating: Promise<void> | null = null
  const beat = async () => {
    const { db, instanceId, pid, startedAt } = o
    const wallNow = o.wall.now()
    const marketNow = o.market.now()
    await beatHeart(db, { instanceId, pid, startedAt, wallNow, marketNow, detail: o.detail() }).catch(
      () => {},
    )
  }
  // A slow database must not collect a queue of beats.
  const beatOnce = (): Promise<void> => {
    beating ??= beat().finally(() => {
      beating = null
    })
    return beating
  }
  void beatOnce()
  const timer = setInterval(() => void beatOnce(), o.intervalMs ?? INTERVAL_MS)
  return {
    beat: beatOnce,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await beating
    },
  }
}
