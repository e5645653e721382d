// OANDA's prices as they happen: lines of JSON over one HTTP answer that never ends, with a heartbeat every 5 s.
import type { SymbolRef } from '@onetape/market'
import { z } from 'zod'
import type { OpenSession, ProviderDeps, QuoteStream, SessionEvent, StreamOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { askedFor, missingOf } from '../missing.ts'
import { superviseStream } from '../stream/supervise.ts'
import type { Timers } from '../stream/timers.ts'
import { readRows, textField } from '../wire-rows.ts'
import type { OandaClient } from './client.ts'
import { normalizePrice } from './normalize.ts'
import type { Offering } from './offering.ts'
import { priceSchema } from './payload.ts'
import { spell } from './symbols.ts'

/** Two of them missed are a dead line, by the vendor's own advice. */
const HEARTBEAT_MS = 5_000

export interface StreamNeeds {
  deps: ProviderDeps
  client: OandaClient
  offering: Offering
  timers?: Timers
}

export const createStream =
  (needs: StreamNeeds) =>
  (refs: readonly SymbolRef[], options?: StreamOptions): QuoteStream =>
    superviseStream({
      provider: 'oanda',
      refs,
      options,
      deps: needs.deps,
      open: sessionOf(needs),
      heartbeatMs: HEARTBEAT_MS,
      timers: needs.timers,
    })

/** The instruments stand in the address: another set is another connection, which the supervisor opens. */
const sessionOf = ({ client, offering }: StreamNeeds): OpenSession =>
  async function* ({ subscriptions, signal }) {
    const asked = askedFor(subscriptions.current(), spell)
    const opened = await offering.ask([...asked.refs.keys()], (names) => client.openPrices(names, signal), {
      signal,
    })
    if (!opened) {
      throw new ProviderError('unsupported', 'OANDA streams currency pairs of the account, none of these', {
        provider: 'oanda',
      })
    }
    const reason = 'the account has no such instrument'
    yield {
      type: 'subscribed',
      refused: missingOf(asked, new Set(opened.asked)).map((ref) => ({ ref, reason })),
    }
    for await (const line of opened.answer) yield readLine(line)
  }

const lineSchema = z.looseObject({ type: z.string().nullish(), errorMessage: z.string().nullish() })

/** One line as an event. A line that is no JSON costs that line, not the connection. */
export function readLine(line: string): SessionEvent {
  let raw: unknown
  try {
    raw = JSON.parse(line)
  } catch {
    return { type: 'dropped', row: { row: 'line', reason: 'is not JSON' } }
  }
  const said = lineSchema.safeParse(raw)
  if (said.data?.errorMessage) {
    throw new ProviderError('unavailable', `OANDA's stream ended: ${said.data.errorMessage.slice(0, 200)}`, {
      provider: 'oanda',
    })
  }
  if (said.data?.type === 'HEARTBEAT') return { type: 'alive' }
  const { rows, dropped } = readRows([raw], {
    schema: priceSchema,
    nameOf: (row) => textField(row, 'instrument'),
    normalize: normalizePrice,
  })
  return rows[0] ? { type: 'quote', quote: rows[0] } : { type: 'dropped', row: dropped[0]! }
}
