// What a daemon says of itself in its heartbeat, read with care: another version of it may have written it.
import type { Heartbeat } from '@onetape/db'
import { HOUR_US, type Micros, SECOND_US } from '@onetape/market'
import { z } from 'zod'
import type { DaemonOperations } from './report.ts'

/** It beats every two seconds. */
const ALIVE_US = 15 * SECOND_US
/** One that went lately is still shown, as gone. */
const RECENT_US = HOUR_US

const texts = z.array(z.string()).catch([])
const detailSchema = z
  .object({
    busyWith: z.string().nullable().catch(null),
    streams: z
      .array(z.object({ source: z.string(), state: z.string(), symbols: z.number(), received: z.number() }))
      .catch([]),
    holds: z
      .object({
        leases: texts,
        lanes: texts,
        sweeping: texts,
        slots: z
          .array(
            z.object({ tier: z.string(), assetClass: z.string(), slotAt: z.number(), served: z.boolean() }),
          )
          .catch([]),
      })
      .catch({ leases: [], lanes: [], sweeping: [], slots: [] }),
  })
  .catch({ busyWith: null, streams: [], holds: { leases: [], lanes: [], sweeping: [], slots: [] } })

export const isRecent = ({ beatAt }: Pick<Heartbeat, 'beatAt'>, wallNow: Micros): boolean =>
  wallNow - beatAt < RECENT_US

export function daemonOperations(beat: Heartbeat, wallNow: Micros): DaemonOperations {
  const { busyWith, streams, holds } = detailSchema.parse(beat.detail)
  const ageUs = Math.max(0, wallNow - beat.beatAt)
  return {
    instanceId: beat.instanceId,
    pid: beat.pid,
    alive: ageUs < ALIVE_US,
    startedAt: beat.startedAt,
    beatAgeMs: Math.round(ageUs / 1_000),
    busyWith,
    lanes: holds.lanes,
    sweeping: holds.sweeping,
    leases: holds.leases.filter((name) => !name.startsWith('stream:')),
    slots: holds.slots,
    streams,
  }
}
