// Recorded Schwab bodies, and those of its predecessor TD Ameritrade, read by the adapter's own parsers.
import {
  type Fundamentals,
  INTRADAY_TIMEFRAMES,
  type InstrumentInfo,
  type SymbolRef,
  type Timeframe,
  timeframeMicros,
} from '@onetape/market'
import type { Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { recordingOf } from '../recording.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { normalizeCandle } from './normalize-bars.ts'
import { normalizeInstrument } from './normalize-chain.ts'
import { readContracts } from './options.ts'
import { candleSchema, explain, NAME, parseHistory, parseQuotes } from './payload.ts'
import { instrumentSchema, parseChain, parseExpirations, parseInstruments } from './payload-chain.ts'
import { parseFrame, type StreamRow } from './payload-stream.ts'
import { readQuotes } from './snapshots.ts'
import { rowsOf } from './stream.ts'

const recorded = (endpoint: string, read: (body: string, meta: RecordingMeta) => Rows<object>) =>
  recordingOf({ endpoint, explain, read })

export const recordings: readonly Recording[] = [
  recorded('quotes', (body, meta) => readQuotes(parseQuotes(body), meta.receivedAt)),
  recorded('pricehistory', history),
  recorded('chains', (body, meta) => {
    const chain = parseChain(body, null)
    const underlying = { assetClass: 'equity', symbol: chain.symbol ?? '' } as const
    return readContracts(chain, { underlying, delayed: chain.delayed, answeredAt: meta.receivedAt })
  }),
  recorded('expirationchain', (body) => ({
    rows: parseExpirations(body).map((expiry) => ({ expiry })),
    dropped: [],
  })),
  recorded('instruments', (body, meta) =>
    readRows(parseInstruments(body), {
      schema: instrumentSchema,
      nameOf: (raw) => textField(raw, 'symbol'),
      // Recorded without `projection=fundamental`: who it is, and no figures.
      normalize: (row): Fundamentals | InstrumentInfo | string => {
        const ref: SymbolRef = { assetClass: 'equity', symbol: row.symbol }
        if (row.fundamental) return normalizeInstrument(row, { ref, answeredAt: meta.receivedAt })
        return { ...ref, name: row.description ?? null, currency: 'USD', listingType: row.assetType ?? null }
      },
    }),
  ),
  recorded('errors', () => {
    throw new ProviderError('malformed', 'an error body came with a good status', { provider: NAME })
  }),
  recorded('stream', stream),
]

/** Symbol from the body; the timeframe from the distance of its candles, which the recordings do not say. */
function history(body: string, meta: RecordingMeta): Rows<object> {
  const candles = parseHistory(body, null)
  const ref: SymbolRef = { assetClass: 'equity', symbol: textField(JSON.parse(body), 'symbol') ?? '' }
  const context = {
    ref,
    timeframe: timeframeOf(candles),
    feed: 'sip',
    delayedMinutes: 0,
    fetchedAt: meta.receivedAt,
  }
  return readRows(candles, { schema: candleSchema, normalize: (row) => normalizeCandle(row, context) })
}

function timeframeOf(candles: readonly unknown[]): Timeframe {
  const starts = candles.map((c) => Number((c as { datetime?: unknown }).datetime)).sort((a, b) => a - b)
  const gaps = starts.slice(1).map((start, i) => (start - starts[i]!) * 1000)
  const least = Math.min(...gaps)
  const intraday = INTRADAY_TIMEFRAMES.find((tf) => timeframeMicros(tf) === least)
  if (intraday) return intraday
  const days = least / 86_400_000_000
  if (!Number.isFinite(days)) return '1m'
  return days > 20 ? '1mo' : days > 5 ? '1w' : '1d'
}

/** Rows of data on their own state; what we never subscribe to is dropped with its reason. */
function stream(body: string): Rows<object> {
  const frame = parseFrame(body)
  const states = new Map<string, StreamRow>()
  const merge = (row: StreamRow) => {
    const state = { ...states.get(row.key), ...row }
    states.set(row.key, state)
    return state
  }
  const rows: object[] = []
  const dropped = frame.faults.map((reason) => ({ row: 'frame', reason }))
  for (const event of frame.data.flatMap((part) => [...rowsOf(part, merge)])) {
    if (event.type === 'quote') rows.push(event.quote)
    else if (event.type === 'bar') rows.push(event.bar)
    else if (event.type === 'dropped') dropped.push({ row: String(event.row.row), reason: event.row.reason })
  }
  return { rows, dropped }
}
