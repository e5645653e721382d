// Streaming prices: one market-data line a symbol on the shared connection, ticks merged onto what is known of it.
import type { Quote, SymbolRef } from '@onetape/market'
import type { OpenSession, QuoteStream, SessionEvent, StreamOptions } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { allPieces } from '../http/bounded.ts'
import { openStream } from '../stream/open-stream.ts'
import { capabilities, LINES_MAX } from './capabilities.ts'
import { DELAYED_SHOWN, errorOfCode, isInformation, NAME, unavailable } from './codes.ts'
import type { Listener } from './link.ts'
import { normalizeQuote } from './normalize.ts'
import type { IbkrContext } from './provider.ts'
import { applyTick, emptyState, hasPrice } from './ticks.ts'
import type { TwsEvent } from './tws.ts'

/** TWS has no heartbeat: it is asked the time this often, which nothing but a dead line leaves unanswered. */
const PING_MS = 5_000
/** Signs of life, dropped ticks and repetitions that may wait. */
const SPARE_MAX = 200
/** Lines opened at a time. */
const IN_FLIGHT = 10

export const createStream =
  (context: IbkrContext) =>
  (refs: readonly SymbolRef[], options?: StreamOptions): QuoteStream => {
    return openStream({
      provider: NAME,
      capabilities,
      refs,
      options,
      open: openSession(context),
      deps: context.deps,
      heartbeatMs: PING_MS,
    })
  }

const openSession = (context: IbkrContext): OpenSession =>
  async function* session({ subscriptions, signal }) {
    const outbox = createOutbox()
    const lines = createLines(context, outbox, signal)
    const stopLink = context.link.onChange((change) => {
      if (change === 'alive') outbox.put({ type: 'alive' })
      if (change === 'back') outbox.put({ type: 'gap', reason: 'TWS had lost its link for a while (1102)' })
      if (change === 'back_without_data')
        outbox.fail(unavailable('came back without our subscriptions (1101)'))
    })
    const pings = setInterval(() => void context.client.ping(), PING_MS)
    const onAbort = () => outbox.end()
    signal.addEventListener('abort', onAbort, { once: true })
    const stopChanges = subscriptions.onChange(({ added, removed }) => {
      lines.drop(removed)
      lines.add(added).then(
        () => outbox.put({ type: 'subscribed', refused: lines.takeRefused() }),
        (error) => outbox.fail(error),
      )
    })
    try {
      await lines.add(subscriptions.current())
      yield { type: 'subscribed', refused: lines.takeRefused() }
      yield* outbox.read()
    } finally {
      clearInterval(pings)
      stopChanges()
      stopLink()
      signal.removeEventListener('abort', onAbort)
      lines.dropAll()
    }
  }

/** Events between the socket and the reader: a newer quote of a symbol takes the place of one not yet read. */
function createOutbox() {
  const quotes = new Map<string, Quote>()
  let events: SessionEvent[] = []
  let outcome: { error: ProviderError | null } | null = null
  let wake = () => {}
  return {
    quote(quote: Quote): void {
      quotes.set(`${quote.assetClass}:${quote.symbol}`, quote)
      wake()
    },
    /** A quote that the reader had already, for it to be counted. */
    again(quote: Quote): void {
      if (quotes.has(`${quote.assetClass}:${quote.symbol}`)) return
      this.put({ type: 'quote', quote })
    },
    put(event: SessionEvent): void {
      // What says nothing new to a reader that is behind is not kept for it.
      const isSpare = event.type === 'alive' || event.type === 'dropped' || event.type === 'quote'
      if (isSpare && events.length >= SPARE_MAX) return
      events.push(event)
      wake()
    },
    fail(error: ProviderError): void {
      outcome ??= { error }
      wake()
    },
    end(): void {
      outcome ??= { error: null }
      wake()
    },
    async *read(): AsyncGenerator<SessionEvent, void> {
      for (;;) {
        const taken = [...events, ...[...quotes.values()].map((quote) => ({ type: 'quote' as const, quote }))]
        events = []
        quotes.clear()
        yield* taken
        if (events.length > 0 || quotes.size > 0) continue
        if (outcome?.error) throw outcome.error
        if (outcome) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
type Outbox = ReturnType<typeof createOutbox>

/** Bids and asks are sent when they move; one that says what is known came twice. Lasts repeat with every trade. */
const BIDS_AND_ASKS = [1, 2, 66, 67]
const isRepeated = (event: TwsEvent): boolean => event.type === 'price' && BIDS_AND_ASKS.includes(event.field)

/** The lines that are open, by symbol. */
function createLines(context: IbkrContext, outbox: Outbox, signal: AbortSignal) {
  const open = new Map<string, () => void>()
  let refused: { ref: SymbolRef; reason: string }[] = []
  const keyOf = (ref: SymbolRef) => `${ref.assetClass}:${ref.symbol}`
  const refuse = (ref: SymbolRef, reason: string) => {
    refused.push({ ref, reason })
    open.get(keyOf(ref))?.()
    open.delete(keyOf(ref))
  }

  function listenerFor(ref: SymbolRef): Listener {
    const state = emptyState()
    const { shareLot } = context
    let said: Quote | null = null
    return (event) => {
      if (event.type === 'gone') return outbox.fail(event.error)
      if (event.type === 'error') {
        if (event.code === DELAYED_SHOWN) state.delayed = true
        if (isInformation(event.code)) return
        const error = errorOfCode(event.code, event.message)
        if (error.kind !== 'not_found' && error.kind !== 'not_entitled') return outbox.fail(error)
        refuse(ref, error.message)
        return outbox.put({ type: 'subscribed', refused: takeRefused() })
      }
      const isNews = applyTick(state, event)
      for (const field of state.unreadable.splice(0)) {
        outbox.put({ type: 'dropped', row: { row: ref.symbol, reason: `tick ${field} is not a number` } })
      }
      if (!isNews && said && isRepeated(event)) return outbox.again(said)
      if (!isNews || !hasPrice(state)) return
      const receivedAt = context.now()
      // A bid has no time of its own: what is live is stamped as it comes, what is delayed with its last trade.
      const lastTime = state.delayed ? state.lastTime : undefined
      const quote = normalizeQuote({ ...state, lastTime }, { ref, receivedAt, shareLot })
      if (typeof quote === 'string') return
      said = quote
      outbox.quote(quote)
    }
  }

  async function openLine(ref: SymbolRef): Promise<void> {
    try {
      const contract = await context.contracts.resolve(ref, { signal })
      if (signal.aborted || !open.has(keyOf(ref))) return
      const close = await context.client.follow(contract, listenerFor(ref), { signal })
      if (signal.aborted || !open.has(keyOf(ref))) return close()
      open.set(keyOf(ref), close)
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      if (error.kind !== 'not_found' && error.kind !== 'not_entitled') throw error
      refuse(ref, error.message)
    }
  }

  const takeRefused = () => {
    const taken = refused
    refused = []
    return taken
  }

  return {
    takeRefused,
    async add(refs: readonly SymbolRef[]): Promise<void> {
      const admitted = refs.filter((ref) => {
        const fits = open.size < LINES_MAX
        if (fits) open.set(keyOf(ref), () => {})
        else refused.push({ ref, reason: `an account has ${LINES_MAX} market-data lines` })
        return fits
      })
      await allPieces(admitted, { limit: IN_FLIGHT, signal }, openLine)
    },
    drop(refs: readonly SymbolRef[]): void {
      for (const ref of refs) {
        open.get(keyOf(ref))?.()
        open.delete(keyOf(ref))
      }
    },
    dropAll(): void {
      for (const close of open.values()) close()
      open.clear()
    },
  }
}
