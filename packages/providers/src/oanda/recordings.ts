// Recorded OANDA bodies, read by the adapter's own parsers.
import type { Timeframe } from '@onetape/market'
import type { Recording } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
import { GRANULARITIES } from './client.ts'
import { normalizeCandle, normalizeInstrument, normalizeSnapshot } from './normalize.ts'
import {
  candleSchema,
  explain,
  instrumentSchema,
  parseCandles,
  parseInstruments,
  parsePrices,
  priceSchema,
} from './payload.ts'
import { readLine } from './stream.ts'
import { refFrom } from './symbols.ts'

const recorded = (endpoint: string, read: Parameters<typeof recordingOf>[0]['read']) =>
  recordingOf({ endpoint, explain, read })

const unsupported = (words: string) => new ProviderError('unsupported', words, { provider: 'oanda' })

export const recordings: readonly Recording[] = [
  recorded('pricing', (body) =>
    readRows(parsePrices(body), {
      schema: priceSchema,
      nameOf: (raw) => textField(raw, 'instrument'),
      normalize: normalizeSnapshot,
    }),
  ),
  recorded('candles', (body) => {
    const { instrument, granularity, candles } = parseCandles(body)
    const ref = refFrom(instrument)
    if (!ref) throw unsupported(`no symbol for ${instrument}, which is no pair of currencies`)
    const timeframe = Object.keys(GRANULARITIES).find((tf) => GRANULARITIES[tf as Timeframe] === granularity)
    if (!timeframe) throw unsupported(`no timeframe for candles of ${granularity}`)
    const context = { ref, timeframe: timeframe as Timeframe }
    return readRows(candles, {
      schema: candleSchema,
      nameOf: (raw) => textField(raw, 'time'),
      normalize: (row) => normalizeCandle(row, context),
    })
  }),
  recorded('account-instruments', (body) =>
    readRows(parseInstruments(body), {
      schema: instrumentSchema,
      nameOf: (raw) => textField(raw, 'name'),
      normalize: normalizeInstrument,
    }),
  ),
  // Recorded as a list of the stream's lines.
  recorded('pricing-stream', (body) => {
    const events = (JSON.parse(body) as unknown[]).map((line) => readLine(JSON.stringify(line)))
    return {
      rows: events.filter((event) => event.type !== 'dropped'),
      dropped: events.flatMap((event) => (event.type === 'dropped' ? [event.row] : [])),
    }
  }),
]
