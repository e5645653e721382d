// Recorded Polygon bodies, read by the adapter's own parsers.
import type { AssetClass, Timeframe } from '@onetape/market'
import type { Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
import { readMarketDay } from './bars.ts'
import { STATEMENTS } from './client.ts'
import { readDetails, readFinancials, readRatios, readStatements } from './company.ts'
import { normalizeSnapshot } from './normalize.ts'
import { normalizeAggregate } from './normalize-bars.ts'
import { normalizeMixed, saysNotFound } from './normalize-mixed.ts'
import { readContracts, readListedContracts } from './options.ts'
import { aggregateSchema, explain, parseResult, parseResults, parseSnapshots } from './payload.ts'
import { mixedSchema } from './payload-mixed.ts'
import { snapshotSchema } from './payload-snapshot.ts'
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
    return readMarketDay(page.rows, { delayed: page.delayed, fetchedAt: meta.receivedAt })
  }),
  recorded('ref-tickers', (body) => readTickers(parseResults(body).rows, 'equity')),
  recorded('ref-splits', (body) => readSplits(parseResults(body).rows)),
  recorded('ref-dividends', (body) => readDividends(parseResults(body).rows)),
  // The newer addresses of splits and dividends hold the same rows with more fields.
  recorded('stocks-v1-splits', (body) => readSplits(parseResults(body).rows)),
  recorded('stocks-v1-dividends', (body) => readDividends(parseResults(body).rows)),
  recorded('snapshot-universal', mixed),
  recorded('snapshot-indices', mixed),
  recorded('snapshot-options', (body, meta) => {
    const page = parseResult(body)
    const symbol = /\/snapshot\/options\/([A-Z.]+)/.exec(meta.path)?.[1] ?? 'AAPL'
    const underlying = { assetClass: 'equity', symbol } as const
    return readContracts(page.rows, { underlying, delayed: page.delayed, fetchedAt: meta.receivedAt })
  }),
  recorded('ref-options-contracts', (body) => readListedContracts(parseResult(body).rows)),
  recorded('ref-ticker-details', (body) => readDetails(parseResult(body).rows)),
  recorded('financials', (body) => readFinancials(parseResults(body).rows)),
  recorded('stocks-financials-v1', (body, meta) => {
    const { rows } = parseResults(body)
    const address = /\/stocks\/financials\/v1\/([a-z-]+)$/.exec(meta.path)?.[1]
    if (address === 'ratios') return readRatios(rows)
    if (STATEMENTS.some((kind) => kind === address)) return readStatements(rows)
    throw new ProviderError('unsupported', `${meta.path} is not asked for`, { provider: 'polygon' })
  }),
]

function mixed(body: string, meta: RecordingMeta) {
  const page = parseResults(body)
  return readRows(
    page.rows.filter((raw) => !saysNotFound(raw)),
    {
      schema: mixedSchema,
      nameOf: (raw) => textField(raw, 'ticker'),
      normalize: (row) => normalizeMixed(row, { delayed: page.delayed, fetchedAt: meta.receivedAt }),
    },
  )
}

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
