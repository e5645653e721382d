import type { LatestView } from '@onetape/db'
import type { Clock } from '@onetape/market'
import type { LiveQuotes } from '../ports.ts'
import type { QuoteDelta, QuoteRow } from '../quote-row.ts'
import type { Cadence } from './cadence.ts'
import { formatEventId } from './event-id.ts'
import { knownMoment, type MomentDeps, primed } from './moment.ts'
import { quoteOfLatest } from './quote-of-latest.ts'
import { Reader } from './reader.ts'

export interface LiveQuotesDeps extends MomentDeps {
  cadence: Cadence
  marketClock: Clock
}

export function liveQuotes(deps: LiveQuotesDeps): LiveQuotes {
  const { hub, cadence, marketClock } = deps

  const present = (rows: readonly LatestView[]): QuoteRow[] => {
    const rule = cadence.at(marketClock.now())
    return rows.map((row) => quoteOfLatest(row, rule.staleAfterUs(row)))
  }

  // Asked for thousands of times between two changes.
  let known = { environmentId: '', batchId: -1, cursor: '' }
  const cursor = (): string => {
    const [environmentId, batchId] = [primed(hub), hub.cursor]
    if (known.environmentId !== environmentId || known.batchId !== batchId)
      known = { environmentId, batchId, cursor: formatEventId(environmentId, batchId) }
    return known.cursor
  }

  return {
    cursor,

    latest: (keys) => ({ cursor: cursor(), rows: present(hub.rows(keys ?? null)) }),

    quote(key) {
      const [row] = hub.rows([key])
      return row ? present([row])[0]! : null
    },

    async *follow(request) {
      const since = await knownMoment(deps, request.lastEventId)
      const environmentId = primed(hub)
      // From here to the end of the replay nothing waits, so nothing can fall between what memory holds and what
      // the reader is told next.
      const reader = new Reader(hub, request)
      const leave = hub.join(reader)
      try {
        const replay = hub.rows(request.keys).filter((row) => row.batchId > (since ?? -1))
        if (since === null || (replay.length > 0 && hub.cursor > since)) {
          yield event(environmentId, hub.cursor, { rows: present(replay), full: since === null })
        }
        for (;;) {
          const unread = await reader.take(request.signal)
          if (!unread) return
          yield event(environmentId, unread.cursor, { rows: present(unread.rows), full: false })
        }
      } finally {
        leave()
      }
    },
  }
}

const event = (environmentId: string, batchId: number, delta: QuoteDelta) => ({
  id: formatEventId(environmentId, batchId),
  delta,
})
