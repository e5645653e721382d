// Packs what is closed, by one daemon of many, in the background: half of the time it rests.
import { connect, packPartitions } from '@onetape/db'
import type { Clock } from '@onetape/market'
import type { Log } from '../log.ts'
import type { Leases } from '../schedule/leases.ts'
import type { Tape } from '../tape.ts'

export const PACKING_LEASE = 'packing'
/** Two that hold and copy, and one that stops them. Live writers never wait for these. */
const POOL_MAX = 3
const REST = 1

export interface PackJobDeps {
  tape: Pick<Tape, 'url'>
  market: Clock
  leases: Pick<Leases, 'hold'>
  log: Pick<Log, 'info'>
  signal: AbortSignal
}

export function createPackJob({ tape, market, leases, log, signal }: PackJobDeps): () => Promise<void> {
  return async () => {
    if (!(await leases.hold(PACKING_LEASE))) return
    const db = connect({ url: tape.url, applicationName: 'onetape-daemon-packing', poolMax: POOL_MAX })
    try {
      await packPartitions(db, {
        marketNow: market.now(),
        signal,
        rest: REST,
        onPacked: ({ name, rows, bytesBefore, bytesAfter, durationMs, heldMs, left }) =>
          log.info(
            { name, rows, bytesBefore, bytesAfter, durationMs, heldMs },
            left === null ? 'packed a partition' : `a partition is packed another time: ${left}`,
          ),
      })
    } finally {
      await db.end()
    }
  }
}
