// What the frames of one connection mean, in order: prices, signs of life, acknowledgements, and numbers left out.
import type { Micros } from '@onetape/market'
import type { SessionEvent } from '../contract.ts'
import { readRows, textField } from '../wire-rows.ts'
import { normalizeStreamTicker } from './normalize-stream.ts'
import {
  type StreamMessage,
  streamTickerSchema,
  subscriptionsSchema,
  tickersSchema,
} from './payload-stream.ts'

/** `acknowledged` lists the products whose tickers come from now on. */
export type FrameEvent = SessionEvent | { type: 'acknowledged'; products: string[] }

export class StreamFrames {
  #next: number | null = null;

  *read(message: StreamMessage, receivedAt: Micros): Generator<FrameEvent> {
    yield* this.#numbered(message.sequence_num)
    for (const event of message.events) {
      if (message.channel === 'ticker') yield* tickersOf(event, { timestamp: message.timestamp, receivedAt })
      else if (message.channel === 'subscriptions') {
        const parsed = subscriptionsSchema.safeParse(event)
        if (parsed.success) yield { type: 'acknowledged', products: parsed.data.subscriptions.ticker ?? [] }
      }
    }
    // Heartbeats, and channels that were not asked for.
    if (message.channel !== 'ticker') yield { type: 'alive' }
  }

  /** Numbers go up by one over all channels; a lower one is a frame that came late or twice. */
  *#numbered(number: number): Generator<FrameEvent> {
    const expected = this.#next ?? number
    if (number > expected) {
      const reason = `frames ${expected} to ${number - 1} of the connection did not come`
      yield { type: 'gap', reason }
    }
    this.#next = Math.max(expected, number + 1)
  }
}

function* tickersOf(
  event: unknown,
  context: { timestamp: string; receivedAt: Micros },
): Generator<FrameEvent> {
  const parsed = tickersSchema.safeParse(event)
  if (!parsed.success) {
    yield { type: 'dropped', row: { row: 'ticker', reason: 'an event without tickers' } }
    return
  }
  const { rows, dropped } = readRows(parsed.data.tickers, {
    schema: streamTickerSchema,
    nameOf: (raw) => textField(raw, 'product_id'),
    normalize: (row) => normalizeStreamTicker(row, context),
  })
  for (const quote of rows) yield { type: 'quote', quote }
  for (const row of dropped) yield { type: 'dropped', row }
}
