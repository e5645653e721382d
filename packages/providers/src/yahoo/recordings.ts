// Recorded Yahoo bodies, read by the adapter's own parsers.
import type { Timeframe } from '@onetape/market'
import type { Recording, RecordingMeta } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { recordingOf } from '../recording.ts'
import { readRows, textField } from '../wire-rows.ts'
import { cookieStep } from './cookie-step.ts'
import { INTERVALS } from './intervals.ts'
import { isGone, normalizeQuote } from './normalize.ts'
import { normalizeActions, normalizeChart } from './normalize-bars.ts'
import { explain, parseChart, parseQuotes, quoteSchema } from './payload.ts'
import { refFromYahoo } from './symbols.ts'

export const recordings: readonly Recording[] = [
  recordingOf({
    endpoint: 'quote-v7',
    explain,
    read: (body) =>
      readRows(
        parseQuotes(body).filter((raw) => !isGone(raw)),
        { schema: quoteSchema, nameOf: (raw) => textField(raw, 'symbol'), normalize: normalizeQuote },
      ),
  }),
  recordingOf({ endpoint: 'chart-v8', explain, read: readChart }),
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
  return { rows: [...bars.rows, ...actions.rows], dropped: [...bars.dropped, ...actions.dropped] }
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
