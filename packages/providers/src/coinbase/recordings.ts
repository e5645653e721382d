// Recorded Coinbase bodies, read by the adapter's own parsers.
import { DAY_US, INTRADAY_TIMEFRAMES, type Timeframe, timeframeMicros } from '@onetape/market'
import type { Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { parseJson } from '../http/json.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
import { GRANULARITIES, TIMEFRAMES } from './client.ts'
import { normalizeCandle, normalizeProduct, normalizeTicker } from './normalize.ts'
import {
  candleSchema,
  explain,
  parseCandles,
  parseProduct,
  parseProducts,
  parseTicker,
  productSchema,
} from './payload.ts'
import { parseFrame } from './payload-stream.ts'
import { StreamFrames } from './stream-frames.ts'

const recorded = (endpoint: string, read: Parameters<typeof recordingOf>[0]['read']) =>
  recordingOf({ endpoint, explain, read })

export const recordings: readonly Recording[] = [
  recorded('advanced-products', (body, meta) => products(parseProducts(body), meta)),
  recorded('advanced-product', (body, meta) => products(parseProduct(body), meta)),
  recorded('advanced-ticker', (body, meta) => {
    const ref = { assetClass: 'crypto', symbol: productIn(meta.path) } as const
    const quote = normalizeTicker(parseTicker(body), ref, meta.receivedAt)
    return typeof quote === 'string'
      ? { rows: [], dropped: [{ row: ref.symbol, reason: quote }] }
      : { rows: [quote], dropped: [] }
  }),
  recorded('advanced-candles', (body, meta) => {
    const ref = { assetClass: 'crypto', symbol: productIn(meta.path) } as const
    const candles = parseCandles(body)
    const context = { ref, timeframe: timeframeOf(candles, meta), fetchedAt: meta.receivedAt }
    return readRows(candles, { schema: candleSchema, normalize: (row) => normalizeCandle(row, context) })
  }),
  recorded('advanced-ws', frames),
]

/** One frame, or a conversation of which the vendor's part is read. */
function frames(body: string, meta: RecordingMeta) {
  const parsed: unknown = parseJson(body, 'Coinbase')
  const spoken = Array.isArray(parsed) ? (parsed as { direction?: string; message?: unknown }[]) : null
  const said = spoken ? spoken.filter((m) => m.direction === 'server').map((m) => m.message) : [parsed]
  const reader = new StreamFrames()
  const events = said.flatMap((frame) => {
    const said = parseFrame(JSON.stringify(frame))
    if ('error' in said) throw new ProviderError('unavailable', said.error, { provider: 'coinbase' })
    return [...reader.read(said.message, meta.receivedAt)]
  })
  return {
    rows: events.filter((event) => event.type !== 'dropped'),
    dropped: events.flatMap((event) => (event.type === 'dropped' ? [event.row] : [])),
  }
}

const products = (list: readonly unknown[], meta: RecordingMeta) =>
  readRows(list, {
    schema: productSchema,
    nameOf: (raw) => textField(raw, 'product_id'),
    normalize: (row) => normalizeProduct(row, meta.receivedAt),
  })

/** `/products/{id}/...`; where the recording left the placeholder, the pair that was recorded there. */
function productIn(path: string): string {
  const id = /\/products\/([A-Z0-9]+-[A-Z0-9]+)\b/.exec(path)?.[1]
  return id ?? 'BTC-USD'
}

/** The granularity asked for; where the recording does not say it, the distance of its candles. */
function timeframeOf(candles: readonly unknown[], meta: RecordingMeta): Timeframe {
  const asked = TIMEFRAMES.find((tf) => GRANULARITIES[tf] === meta.query.granularity)
  if (asked) return asked
  const starts = candles.map((c) => Number(textField(c, 'start'))).sort((a, b) => a - b)
  const gaps = starts.slice(1).map((start, i) => (start - starts[i]!) * 1_000_000)
  const near = INTRADAY_TIMEFRAMES.find((tf) => timeframeMicros(tf) === Math.min(...gaps))
  return near ?? (gaps.includes(DAY_US) ? '1d' : '1m')
}
