// Recorded Alpaca bodies, read by the adapter's own parsers.
import {
  dateInZone,
  INTRADAY_TIMEFRAMES,
  instantInZone,
  microsFromIso,
  type Timeframe,
  timeframeMicros,
} from '@onetape/market'
import { NEW_YORK } from '../bar-time.ts'
import type { Recording, RecordingMeta } from '../contract.ts'
import { recordingOf } from '../recording.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { readChain } from './chain.ts'
import { FRAMES } from './client.ts'
import { cryptoFeed, type Feed } from './feed.ts'
import { normalizeSnapshot } from './normalize.ts'
import { readActions } from './normalize-actions.ts'
import { normalizeBar } from './normalize-bars.ts'
import {
  barSchema,
  malformed,
  parseActions,
  parseBars,
  parseStocks,
  parseWrapped,
  readMap,
  snapshotSchema,
} from './payload.ts'
import { explain } from './refusal.ts'
import { readOptions } from './snapshots.ts'
import { readFrames } from './stream-book.ts'
import { refFrom } from './symbols.ts'

const recorded = (endpoint: string, read: Parameters<typeof recordingOf>[0]['read']) =>
  recordingOf({ endpoint, explain, read })

const opra: Feed = { name: 'opra', delayedMinutes: 0 }

/** The tape that was asked for; the paid plan's where the recording does not say. */
const stockFeed = (meta: RecordingMeta): Feed => ({
  name: typeof meta.query.feed === 'string' ? meta.query.feed.toLowerCase() : 'sip',
  delayedMinutes: 0,
})

export const recordings: readonly Recording[] = [
  recorded('stocks-snapshots', (body, meta) => {
    const context = { assetClass: 'equity', feed: stockFeed(meta), fetchedAt: meta.receivedAt } as const
    return readMap(parseStocks(body), {
      schema: snapshotSchema,
      normalize: (row, symbol) => normalizeSnapshot(row, symbol, context),
    })
  }),
  recorded('crypto-snapshots', (body, meta) => {
    const context = { assetClass: 'crypto', feed: cryptoFeed, fetchedAt: meta.receivedAt } as const
    return readMap(parseWrapped(body).rows, {
      schema: snapshotSchema,
      normalize: (row, symbol) => normalizeSnapshot(row, symbol, context),
    })
  }),
  recorded('stocks-bars', (body, meta) => bars(body, meta, 'equity')),
  recorded('crypto-bars', (body, meta) => bars(body, meta, 'crypto')),
  recorded('options-chain', (body) => readChain(parseWrapped(body).rows, opra)),
  recorded('options-snapshots', (body) => readOptions(parseWrapped(body).rows, opra)),
  recorded('corporate-actions', (body) => readActions(parseActions(body).rows)),
  recorded('stream-stocks', (body, meta) => readFrames(body, stockFeed(meta))),
]

function bars(body: string, meta: RecordingMeta, assetClass: 'equity' | 'crypto'): Rows<object> {
  const lists = Object.entries(barLists(body))
  const parts = lists.map(([symbol, list]) => {
    const ref = refFrom(assetClass, symbol)
    if (!ref) throw malformed(`has bars of ${symbol}, which has no name here`)
    const feed = assetClass === 'crypto' ? cryptoFeed : stockFeed(meta)
    const context = { ref, timeframe: timeframeOf(list, meta), feed, fetchedAt: meta.receivedAt }
    return readRows(list, { schema: barSchema, normalize: (row) => normalizeBar(row, context) })
  })
  return { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
}

/** Older documents show one symbol's newest bar beside its symbol instead of a map. */
function barLists(body: string): Record<string, unknown[]> {
  const { bar, ...rest } = JSON.parse(body) as Record<string, unknown>
  const symbol = textField(rest, 'symbol')
  return bar && symbol ? parseBars(JSON.stringify({ bars: { [symbol]: bar } })).rows : parseBars(body).rows
}

/** The timeframe asked for; where the recording does not say it, the distance of its bars. */
function timeframeOf(list: readonly unknown[], meta: RecordingMeta): Timeframe {
  const asked = Object.entries(FRAMES).find(([, frame]) => frame === meta.query.timeframe)?.[0]
  if (asked) return asked as Timeframe
  const stamps = list.flatMap((raw) => microsFromIso(textField(raw, 't') ?? '') ?? [])
  if (stamps.every((ts) => instantInZone(dateInZone(ts, NEW_YORK), 0, NEW_YORK) === ts)) return '1d'
  const gaps = stamps.slice(1).map((ts, i) => Math.abs(ts - stamps[i]!))
  return INTRADAY_TIMEFRAMES.find((tf) => timeframeMicros(tf) === Math.min(...gaps)) ?? '1m'
}
