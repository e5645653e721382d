// Recorded Yahoo bodies, read by the adapter's own parsers.
import type { Timeframe } from '@onetape/market'
import type { Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
import { cookieStep } from './cookie-step.ts'
import { INTERVALS } from './intervals.ts'
import { unitOf } from './minor-units.ts'
import { isGone, normalizeQuote } from './normalize.ts'
import { normalizeActions } from './normalize-actions.ts'
import { normalizeChart } from './normalize-bars.ts'
import { fundamentalsOf, normalizeStatements, normalizeSummary } from './normalize-company.ts'
import { normalizeChain } from './normalize-options.ts'
import { normalizePricing } from './normalize-stream.ts'
import { explain, parseChart, parseQuotes, quoteSchema } from './payload.ts'
import { parseStatements, parseSummary, textIn } from './payload-company.ts'
import { parseChain } from './payload-options.ts'
import { parseFrame } from './payload-stream.ts'
import { refFromYahoo } from './symbols.ts'

export const recordings: readonly Recording[] = [
  recordingOf({
    endpoint: 'quote-v7',
    explain,
    read: (body) =>
      readRows(
        parseQuotes(body).filter((raw) => !isGone(raw)),
        {
          schema: quoteSchema,
          nameOf: (raw) => textField(raw, 'symbol'),
          normalize: (row) => {
            const snapshot = normalizeQuote(row)
            if (typeof snapshot === 'string') return snapshot
            return { ...snapshot, ...conversion(row.currency) }
          },
        },
      ),
  }),
  recordingOf({ endpoint: 'chart-v8', explain, read: readChart }),
  recordingOf({ endpoint: 'options-v7', explain, read: readChain }),
  recordingOf({ endpoint: 'quoteSummary-v10', explain, read: readSummary }),
  recordingOf({ endpoint: 'fundamentals-timeseries', explain, read: readStatements }),
  recordingOf({ endpoint: 'stream-protobuf', explain, read: readFrame }),
  {
    endpoint: 'crumb-flow',
    read: (body, meta) => ({ ok: true, nouns: [readStep(body, meta)], dropped: [] }),
  },
]

function readChart(body: string, meta: RecordingMeta) {
  const chart = parseChart(body)
  if (!chart) return { rows: [], dropped: [] }
  const asked = String(meta.query.interval ?? '1d')
  const timeframe = (Object.keys(INTERVALS) as Timeframe[]).find((tf) => INTERVALS[tf]?.interval === asked)
  if (!timeframe)
    throw new ProviderError('unsupported', `no timeframe for interval ${asked}`, { provider: 'yahoo' })
  const bars = normalizeChart(chart, { ref: null, timeframe, fetchedAt: meta.receivedAt })
  const actions = normalizeActions(chart, refFromYahoo(chart.meta.symbol, chart.meta.instrumentType)!)
  const rows = bars.rows.map((bar) => ({ ...bar, ...conversion(chart.meta.currency) }))
  return { rows: [...rows, ...actions.rows], dropped: [...bars.dropped, ...actions.dropped] }
}

/** Said with each noun whose prices are not the vendor's own figures, for whoever compares the two by hand. */
function conversion(said: string | null | undefined): object {
  const unit = unitOf(said ?? '')
  return unit.dividedBy === 1 ? {} : { convertedFrom: `${said} / ${unit.dividedBy} = ${unit.currency}` }
}

function readChain(body: string, meta: RecordingMeta) {
  const chain = parseChain(body)
  if (!chain) return { rows: [], dropped: [] }
  const underlying = { assetClass: 'equity', symbol: chain.underlyingSymbol } as const
  return normalizeChain(chain, { underlying, fetchedAt: meta.receivedAt })
}

const NO_STATEMENTS = { currency: null, periods: [], dropped: [] }

function readSummary(body: string, meta: RecordingMeta) {
  const summary = parseSummary(body)
  const current = summary && normalizeSummary(summary)
  if (!summary || !current || Object.keys(current.values).length === 0) {
    const module = Object.keys(summary ?? {}).join(', ') || 'none'
    return { rows: [], dropped: [{ row: module, reason: 'holds no figure that is asked for' }] }
  }
  const ref = { assetClass: 'equity', symbol: symbolIn(meta.path) } as const
  const o = { statements: NO_STATEMENTS, current, fetchedAt: meta.receivedAt }
  const { noun, dropped } = fundamentalsOf(ref, o)
  return { rows: [{ ...noun, ...conversion(textIn(summary.price, 'currency')) }], dropped }
}

function readStatements(body: string, meta: RecordingMeta) {
  const series = parseStatements(body)
  const statements = normalizeStatements(series)
  const ref = { assetClass: 'equity', symbol: symbolIn(meta.path) } as const
  const { noun } = fundamentalsOf(ref, { statements, current: null, fetchedAt: meta.receivedAt })
  // Funds, coins and futures file nothing: right to be empty.
  return { rows: noun.periods.length > 0 ? [noun] : [], dropped: statements.dropped }
}

const symbolIn = (path: string): string => decodeURIComponent(path.split('/').at(-1) ?? '')

function readFrame(body: string) {
  const data = parseFrame(body)
  const quote = data !== null && typeof data === 'object' ? normalizePricing(data, new Map()) : (data ?? '')
  if (typeof quote !== 'string') return { rows: [quote], dropped: [] }
  throw new ProviderError('malformed', `a frame ${quote}`, { provider: 'yahoo' })
}

/** These recordings hold `{status, headers, body}`: the flow lives in statuses and headers. */
function readStep(recorded: string, meta: RecordingMeta) {
  const { status, headers, body } = JSON.parse(recorded) as {
    status: number
    headers: Record<string, string | string[]>
    body: string
  }
  const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value) ?? null
  const cookies = [headers['set-cookie'] ?? []].flat().map((header) => header.split('=')[0])
  return {
    ...cookieStep({ status, path: meta.path, location: first(headers.location), text: body }),
    cookies,
  }
}
