// Where on the tape a client is that comes with an id.
import { ApiProblem } from '../errors.ts'
import { environmentShort, parseEventId } from './event-id.ts'
import type { Hub } from './hub.ts'

export interface MomentDeps {
  hub: Hub
  /** Brings the hub level with the ledger; rejects when the database does not answer. */
  catchUp: () => Promise<void>
}

/**
 * The ledger id that a client is level with, or null when it must start from everything: no id, another
 * environment's, or one that this ledger has not reached even when asked again.
 */
export async function knownMoment(deps: MomentDeps, lastEventId: string | null): Promise<number | null> {
  const { hub, catchUp } = deps
  const known = lastEventId === null ? null : parseEventId(lastEventId)
  const isOurs = () => known?.environment === environmentShort(primed(hub))
  if (!known || !isOurs()) return null
  // Another API process may have been ahead of this one.
  if (known.batchId > hub.cursor) await catchUp()
  return isOurs() && known.batchId <= hub.cursor ? known.batchId : null
}

/** The environment of a hub that knows one. */
export function primed(hub: Hub): string {
  if (hub.environmentId !== null) return hub.environmentId
  throw new ApiProblem(
    'unavailable',
    'The tape has not been read yet: the database does not answer. It is tried again.',
  )
}
