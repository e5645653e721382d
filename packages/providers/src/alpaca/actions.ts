// Splits and cash dividends of some symbols or of the whole market.
import { addDays, type CorporateAction, type Micros } from '@onetape/market'
import type { CallOptions, CorporateActionsRequest, Fetched } from '../contract.ts'
import { allPieces } from '../http/bounded.ts'
import { askedFor } from '../missing.ts'
import { type AlpacaClient, symbolLists } from './client.ts'
import { mergeActions, readActions } from './normalize-actions.ts'
import { spell } from './symbols.ts'

const IN_FLIGHT = 2

/**
 * The vendor's range bounds the day on which it books an action: for a split the ex-date, for a dividend the day of
 * payment, which is weeks later. So much later the range is asked to end.
 */
const PAID_DAYS_MAX = 60

export const createActions =
  (client: AlpacaClient, now: () => Micros) =>
  async (
    { refs, from, to }: CorporateActionsRequest,
    options?: CallOptions,
  ): Promise<Fetched<CorporateAction>> => {
    const asked = refs === 'all' ? null : askedFor(refs, spell)
    const lists = asked ? symbolLists([...asked.refs.keys()], 'stocks') : [undefined]
    const range = { start: from, end: addDays(to, PAID_DAYS_MAX) }
    const inFlight = { limit: IN_FLIGHT, signal: options?.signal }
    const answers =
      from < to
        ? await allPieces(lists, inFlight, (symbols) => client.fetchActions({ symbols, ...range }, options))
        : []
    const parts = answers.flatMap(({ pages }) => pages.map(readActions))
    const isAsked = (action: CorporateAction) =>
      action.exDate >= from && action.exDate < to && (asked === null || asked.refs.has(action.symbol))
    return {
      rows: mergeActions(parts.flatMap((p) => p.rows).filter(isAsked)),
      dropped: parts.flatMap((p) => p.dropped),
      missing: asked?.unspeakable ?? [],
      fetchedAt: now(),
      calls: answers.reduce((sum, a) => sum + a.calls, 0),
    }
  }
