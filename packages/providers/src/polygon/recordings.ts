// Recorded Polygon bodies, read by the adapter's own parsers.
import type { AssetClass, Bar, Timeframe } from '@onetape/market'
import type { Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
import { normalizeSnapshot } from './normalize.ts'
import { normalizeAggregate } from './normalize-bars.ts'
import { aggregateSchema, explain, parseResults, parseSnapshots, snapshotSchema } from './payload.ts'
import { readDividends, readSplits, readTickers } from './reference.ts'
import { refFromTicker } from './symbols.ts'

const recorded = (endpoint: string, read: Parameters<typeof recordingOf>[0]['read']) =>
  recordingOf({ endpoint, explain, read })

export const recordings: readonly Recording[] = [
  recorded('snapshot-tickers', (body, meta) => snapshots(body, meta, false)),
  recorded('snapshot-ticker', (body, meta) => snapshots(body, meta, true)),
  recorded('aggs', (body, meta) => {
    const page = parseResults(body)
    const ref = page.ticker === null ? null : refFromTicker(page.ticker)
    if (!ref) throw new ProviderError('unsupported', `no symbol for ${page.ticker}`, { provider: 'polygon' })
    const context = {
      ref,
      timeframe: timeframeIn(meta.path),
      delayed: page.delayed,
      fetchedAt: meta.receivedAt,
    }
    return readRows(page.rows, {
      schema: aggregateSchema,
      normalize: (row) => normalizeAggregate(row, context),
    })
  }),
  recorded('grouped-daily', (body, meta) => {
    const page = parseResults(body)
    return readRows(page.rows, {
      schema: aggregateSchema,
      nameOf: (raw) => textField(raw, 'T'),
      normalize: (row): Bar | string => {
        const ref = refFromTicker(row.T ?? '')
        if (!ref) return `ticker ${row.T} has no symbol here`
        return normalizeAggregate(row, {
          ref,
          timeframe: '1d',
          delayed: page.delayed,
          fetchedAt: meta.receivedAt,
        })
      },
    })
  }),
  recorded('ref-tickers', (body) => readTickers(parseResults(body).rows, 'equity')),
  recorded('ref-splits', (body) => readSplits(parseResults(body).rows)),
  recorded('ref-dividends', (body) => readDividends(parseResults(body).rows)),
]

function snapshots(body: string, meta: RecordingMeta, single: boolean) {
  const page = parseSnapshots(body, single)
  const context = { assetClass: marketIn(meta.path), delayed: page.delayed, fetchedAt: meta.receivedAt }
  return readRows(page.rows, {
    schema: snapshotSchema,
    nameOf: (raw) => textField(raw, 'ticker'),
    normalize: (row) => normalizeSnapshot(row, context),
  })
}

const marketIn = (path: string): AssetClass =>
  path.includes('/markets/crypto') ? 'crypto' : path.includes('/markets/forex') ? 'fx' : 'equity'

const UNITS: Record<string, Timeframe> = { '1/day': '1d', '1/minute': '1m', '1/hour': '1h', '1/week': '1w' }

/** `/range/1/day/...`; a documentation sample has placeholders there and holds days. */
function timeframeIn(path: string): Timeframe {
  const [, span] = /\/range\/(\d+\/[a-z]+)\//.exec(path) ?? []
  if (span === undefined) return '1d'
  const timeframe = UNITS[span]
  if (!timeframe)
    throw new ProviderError('unsupported', `no timeframe for windows of ${span}`, { provider: 'polygon' })
  return timeframe
}
