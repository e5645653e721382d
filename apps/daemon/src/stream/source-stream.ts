// One source's stream while it runs: its events into the micro-batch, its seams to the healer, and how it fares.
import type { Instrument } from '@onetape/db'
import type { Clock, Micros, SymbolRef } from '@onetape/market'
import type { Healed, QuoteStream, StreamEvent } from '@onetape/providers'
import { asProviderError, type House, type Source } from '../ingest/ask-source.ts'
import type { KeptAttempt } from '../ingest/attempt-trail.ts'
import type { Log } from '../log.ts'
import { createMicroBatch, type MicroBatch } from './micro-batch.ts'
import { createSeamHealer, type SeamHealer } from './seam-healer.ts'

/** For the heartbeat and `onetape status`. */
export interface StreamNote {
  source: string
  state: 'connecting' | 'up' | 'down' | 'refused'
  /** Market time of the last change of state. */
  since: Micros
  /** Why it is not up; null when it is. */
  message: string | null
  symbols: number
  /** Symbols that the vendor would not stream. */
  refused: number
  connects: number
  received: number
  /** Prices passed over for newer ones: by the stream, and before they were written. */
  conflated: number
  duplicates: number
  outOfOrder: number
  /** Rows that could not be read, and bars beyond the bound. */
  dropped: number
  ticks: number
  bars: number
  mutes: number
  seams: { open: number; healed: number; unhealed: number }
  lastEventAt: Micros | null
}

export interface SourceStream {
  source: Source
  batch: MicroBatch
  healer: SeamHealer
  setInstruments(instruments: readonly Instrument[]): void
  /** What was written of it. */
  wrote(written: { ticks: number; bars: number; refused: number }): void
  note(): StreamNote
  /** True once it ended for good: it was refused. */
  isOver(): boolean
  close(): Promise<void>
}

export interface SourceStreamDeps {
  house: House
  market: Clock
  log: Log
  signal: AbortSignal
}

const keyOf = ({ assetClass, symbol }: SymbolRef): string => `${assetClass}:${symbol}`
const refsOf = (instruments: readonly Instrument[]): SymbolRef[] =>
  instruments.map(({ assetClass, symbol }) => ({ assetClass, symbol }))

export function openSourceStream(
  deps: SourceStreamDeps,
  source: Source,
  instruments: readonly Instrument[],
): SourceStream {
  const { market, log } = deps
  const batch = createMicroBatch()
  let byKey = new Map(instruments.map((i) => [keyOf(i), i]))
  let state: StreamNote['state'] = 'connecting'
  let since = market.now()
  let message: string | null = null
  const counts = { refused: 0, ticks: 0, bars: 0, mutes: 0, gateRefused: 0 }
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, deps.signal])
  const stream: QuoteStream = source.provider.streamQuotes!(refsOf(instruments), { signal })

  const onHealed = ({ bars, snapshots, quotes }: Healed, attempts: readonly KeptAttempt[]) => {
    batch.healed(attempts)
    for (const bar of bars) withInstrument(bar, (i) => batch.bar(i, bar))
    for (const quote of [...snapshots.map((s) => s.quote), ...quotes]) {
      withInstrument(quote, (i) => batch.quote(i, quote))
    }
  }
  const withInstrument = (ref: SymbolRef, use: (instrument: Instrument) => void) => {
    const instrument = byKey.get(keyOf(ref))
    if (instrument) use(instrument)
  }
  const healer = createSeamHealer({
    ...deps,
    source,
    signal,
    onHealed,
    onProblem: (err) => log.debug({ err, source: source.name }, 'a seam could not be healed'),
  })
  const turn = (to: StreamNote['state'], why: string | null) => {
    if (state !== to) {
      since = market.now()
      const about = { source: source.name, stream: to }
      if (to === 'up') log.info(about, `${source.name} streams ${byKey.size} symbols`)
      else log.warn(about, `the stream of ${source.name} is ${to}: ${why}`)
    }
    state = to
    message = why
  }
  const take = (event: StreamEvent) => {
    switch (event.type) {
      case 'quote':
        return withInstrument(event.quote, (i) => batch.quote(i, event.quote))
      case 'bar':
        return withInstrument(event.bar, (i) => batch.bar(i, event.bar))
      case 'up':
        counts.refused = event.refused.length
        return turn('up', null)
      case 'down':
        return turn('down', event.error.message)
      case 'seam':
        return healer.add(event)
      case 'mute':
        counts.mutes += 1
        log.debug({ source: source.name, symbol: event.ref.symbol }, 'a symbol is mute')
    }
  }
  const running = (async () => {
    try {
      for await (const event of stream) take(event)
    } catch (error) {
      const known = asProviderError(error, source.name)
      if (!signal.aborted) turn('refused', known.message)
    }
  })()
  return {
    source,
    batch,
    healer,
    isOver: () => state === 'refused',
    setInstruments(next) {
      byKey = new Map(next.map((i) => [keyOf(i), i]))
      stream.setRefs(refsOf(next))
    },
    wrote({ ticks, bars, refused }) {
      counts.ticks += ticks
      counts.bars += bars
      counts.gateRefused += refused
    },
    note() {
      const { connects, received, conflated, duplicates, outOfOrder, dropped, lastEventAt } = stream.stats()
      const waiting = batch.counts()
      return {
        source: source.name,
        state,
        since,
        message,
        symbols: byKey.size,
        refused: counts.refused,
        connects,
        received,
        conflated: conflated + waiting.conflated,
        duplicates,
        outOfOrder,
        dropped: dropped + waiting.dropped + counts.gateRefused,
        ticks: counts.ticks,
        bars: counts.bars,
        mutes: counts.mutes,
        seams: healer.counts(),
        lastEventAt,
      }
    },
    async close() {
      stop.abort(new Error('the stream is not wanted any more'))
      await stream.close()
      await running
    },
  }
}
