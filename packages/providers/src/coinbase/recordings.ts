// Recorded Coinbase bodies, read by the adapter's own parsers.
import type { Recording, RecordingMeta } from '../contract.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
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
  // The recording does not say its granularity: its candles are an hour apart.
  recorded('advanced-candles', (body, meta) => {
    const ref = { assetClass: 'crypto', symbol: productIn(meta.path) } as const
    return readRows(parseCandles(body), {
      schema: candleSchema,
      normalize: (row) => normalizeCandle(row, { ref, timeframe: '1h', fetchedAt: meta.receivedAt }),
    })
  }),
]

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
