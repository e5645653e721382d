import type { LatestView } from '@onetape/db'
import type { Clock } from '@onetape/market'
import { ApiProblem } from '../errors.ts'
import type { FollowRequest, LiveQuotes } from '../ports.ts'
import type { QuoteDelta, QuoteRow } from '../quote-row.ts'
import type { Cadence } from './cadence.ts'
import { environmentShort, formatEventId, parseEventId } from './event-id.ts'
import type { Hub } from './hub.ts'
import { quoteOfLatest } from './quote-of-latest.ts'

export interface LiveQuotesDeps {
  hub: Hub
  cadence: Cadence
  marketClock: Clock
  /** Brings the hub level with the ledger; rejects when the database does not answer. */
  catchUp: () => Promise<void>
}

export function liveQuotes(deps: LiveQuotesDeps): LiveQuotes {
  const { hub, cadence, marketClock } = deps

  const present = (rows: readonly LatestView[]): QuoteRow[] => {
    const rule = cadence.at(marketClock.now())
    return rows.map((row) => quoteOfLatest(row, rule.staleAfterUs(row)))
  }

  return {
    latest(keys) {
      const environmentId = primed(hub)
      return { cursor: formatEventId(environmentId, hub.cursor), rows: present(hub.rows(keys ?? null)) }
    },

    quote(key) {
      const [row] = hub.rows([key])
      return row ? present([row])[0]! : null
    },

    async *follow(request) {
      const since = await knownMoment(deps, request.lastEventId)
      const environmentId = primed(hub)
      // From here to the end of the replay nothing waits, so nothing can fall between what memory holds and what
      // the subscriber is told next.
      const subscriber = hub.subscribe(request)
      try {
        const replay = hub.changedSince(since ?? -1, request.keys)
        if (since === null || (replay.length > 0 && hub.cursor > since)) {
          yield event(environmentId, hub.cursor, { rows: present(replay), full: since === null })
        }
        for (;;) {
          const unread = await subscriber.take(request.signal)
          if (!unread) return
          yield event(environmentId, unread.cursor, { rows: present(unread.rows), full: false })
        }
      } finally {
        subscriber.close()
      }
    },
  }
}

const event = (environmentId: string, batchId: number, delta: QuoteDelta) => ({
  id: formatEventId(environmentId, batchId),
  delta,
})

/**
 * The ledger id that a client is level with, or null when it must start from everything: no id, another
 * environment's, or one that this ledger has not reached even when asked again.
 */
async function knownMoment(
  deps: LiveQuotesDeps,
  lastEventId: FollowRequest['lastEventId'],
): Promise<number | null> {
  const { hub, catchUp } = deps
  const known = lastEventId === null ? null : parseEventId(lastEventId)
  const isOurs = () => known?.environment === environmentShort(primed(hub))
  if (!known || !isOurs()) return null
  // Another API process may have been ahead of this one.
  if (known.batchId > hub.cursor) await catchUp()
  return isOurs() && known.batchId <= hub.cursor ? known.batchId : null
}

function primed(hub: Hub): string {
  if (hub.environmentId !== null) return hub.environmentId
  throw new ApiProblem(
    'unavailable',
    'The tape has not been read yet: the database does not answer. It is tried again.',
  )
}
