// Recorded TWS frames, read by the SDK's decoder and by the adapter's own mappers as live ones are.
import {
  isoFromMicros,
  type Micros,
  microsFromIso,
  type Quote,
  SECOND_US,
  type SymbolRef,
} from '@onetape/market'
import { z } from 'zod'
import type { DroppedRow, Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { recordingOf } from '../recording.ts'
import { type Rows, readRows, shapeFault } from '../wire-rows.ts'
import { errorOfCode, isInformation, NAME } from './codes.ts'
import { normalizeQuote } from './normalize.ts'
import { normalizeBar } from './normalize-bars.ts'
import { barSchema } from './payload.ts'
import { decodeFrame } from './sdk.ts'
import { applyTick, emptyState, hasPrice } from './ticks.ts'
import type { TwsBar, TwsEvent } from './tws.ts'

/** The recordings do not say which contract was asked for; frames carry our own request's number only. */
const UNNAMED: SymbolRef = { assetClass: 'equity', symbol: 'UNNAMED' }
/** The recorded day of bars is in lots: 948,837 for 95 million shares. Nothing says so of recorded ticks. */
const BARS_LOT = 100
const TICKS_LOT = 1
/** Frames as TWS wrote them in 2023, before refused orders carried more. */
const SERVER_VERSION = 163

const recorded = (endpoint: string, read: (body: string, meta: RecordingMeta) => Rows<object>) =>
  recordingOf({ endpoint, explain: () => null, read })

export const recordings: readonly Recording[] = [
  recorded('tws-wire', wire),
  recorded('tws-historical-bars', decodedBars),
  recorded('tws-market-data-ticks', decodedTicks),
  recorded('tws-historical-ticks', decodedBidAsk),
]

/** Frames of requests that this adapter never makes, by the first field. */
const NEVER_ASKED: Readonly<Record<string, string>> = {
  12: 'market depth',
  13: 'market depth',
  20: 'scanner rows',
  50: 'five-second bars',
  96: 'single trades of the past',
  99: 'single trades',
  106: 'trading schedules',
}

function wire(body: string, meta: RecordingMeta): Rows<object> {
  const { fields } = parsed(z.object({ fields: z.array(z.string()).min(1) }), body)
  const unasked = NEVER_ASKED[fields[0]!]
  if (unasked) return { rows: [], dropped: [{ row: fields[0]!, reason: `${unasked} are never asked for` }] }
  // The last field is what stands behind the last separator.
  const seen = decodeFrame(fields.at(-1) === '' ? fields.slice(0, -1) : fields, SERVER_VERSION)
  const bars: TwsBar[] = []
  const state = emptyState()
  let isTick = false
  for (const event of seen) {
    if (event.type === 'malformed') throw new ProviderError('malformed', event.message, { provider: NAME })
    if (event.type === 'error' && !isInformation(event.code)) throw errorOfCode(event.code, event.message)
    if (event.type === 'bar') bars.push(event.bar)
    else if ('field' in event) {
      isTick = true
      applyTick(state, event)
    }
  }
  const history = barsOf(bars, meta.receivedAt, BARS_LOT)
  if (!isTick) return history
  const quote = normalizeQuote(state, { ref: UNNAMED, receivedAt: meta.receivedAt, shareLot: TICKS_LOT })
  return typeof quote === 'string'
    ? { rows: [], dropped: [{ row: fields[0]!, reason: `${quote}: a tick of another kind` }] }
    : { rows: [quote], dropped: [] }
}

function barsOf(bars: readonly TwsBar[], fetchedAt: Micros, shareLot: number): Rows<object> {
  const timeframe = bars[0]?.time.length === 8 ? '1d' : '1m'
  const context = { ref: UNNAMED, timeframe, delayed: false, shareLot, fetchedAt } as const
  return readRows(bars, { schema: barSchema, normalize: (row) => normalizeBar(row, context) })
}

const price = z.number()
const decodedBar = z.object({
  date: z.string(),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: z.number(),
})

/** Written down by a client with local times and no zone; taken as UTC here, volumes as they stand. */
function decodedBars(body: string, meta: RecordingMeta): Rows<object> {
  const rows = parsed(z.array(decodedBar), body)
  const bars = rows.map(({ date, ...prices }): TwsBar => {
    const seconds = Math.trunc(timeOf(`${date}Z`) / SECOND_US)
    return { ...prices, time: String(seconds) }
  })
  return barsOf(bars, meta.receivedAt, 1)
}

const decodedTick = z.object({ time: z.string(), price, size: z.number(), tickType: z.number() })

function decodedTicks(body: string): Rows<object> {
  const rows = parsed(z.array(decodedTick), body)
  return merged(
    rows.map((row) => ({
      at: timeOf(row.time),
      ticks: [
        // A tick of a size alone was written with the price -1.
        ...(row.price > 0 && PRICED.has(row.tickType)
          ? [{ type: 'price' as const, field: row.tickType, value: row.price }]
          : []),
        { type: 'size' as const, field: SIZE_OF[row.tickType] ?? row.tickType, value: row.size },
      ],
    })),
  )
}
const PRICED = new Set([1, 2, 4])
/** Sizes come with the price's tick: bid, ask and last have numbers of their own for it. */
const SIZE_OF: Readonly<Record<number, number>> = { 1: 0, 2: 3, 4: 5 }

const bidAsk = z.object({
  time: z.string(),
  priceBid: price,
  priceAsk: price,
  sizeBid: price,
  sizeAsk: price,
})

function decodedBidAsk(body: string): Rows<object> {
  const rows = parsed(z.array(bidAsk), body)
  return merged(
    rows.map((row) => ({
      at: timeOf(row.time),
      ticks: [
        { type: 'price', field: 1, value: row.priceBid },
        { type: 'size', field: 0, value: row.sizeBid },
        { type: 'price', field: 2, value: row.priceAsk },
        { type: 'size', field: 3, value: row.sizeAsk },
      ],
    })),
  )
}

/** One quote for each instant that changed something. */
function merged(steps: readonly { at: Micros; ticks: readonly TwsEvent[] }[]): Rows<object> {
  const state = emptyState()
  const rows: Quote[] = []
  const dropped: DroppedRow[] = []
  steps.forEach(({ at, ticks }, index) => {
    let isNews = false
    for (const tick of ticks) isNews = applyTick(state, tick) || isNews
    if (!isNews || !hasPrice(state)) return
    const quote = normalizeQuote(state, { ref: UNNAMED, receivedAt: at, shareLot: TICKS_LOT })
    if (typeof quote === 'string') dropped.push({ row: index, reason: quote })
    else rows.push(quote)
  })
  return { rows, dropped }
}

function timeOf(text: string): Micros {
  const ts = microsFromIso(text)
  if (ts !== null) return ts
  throw new ProviderError('malformed', `${text} is no time (like ${isoFromMicros(0)})`, { provider: NAME })
}

function parsed<T>(schema: z.ZodType<T>, body: string): T {
  const read = schema.safeParse(parseJson(body, { name: NAME, label: 'TWS' }))
  if (read.success) return read.data
  throw new ProviderError('malformed', `a TWS recording of an unknown shape: ${shapeFault(read.error)}`, {
    provider: NAME,
  })
}
