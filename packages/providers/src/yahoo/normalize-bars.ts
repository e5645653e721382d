// Yahoo's chart as bars.
import {
  type Bar,
  barStart,
  dateInZone,
  isIntraday,
  type Micros,
  microsFromSeconds,
  type Ohlcv,
  ohlcvFault,
  type SymbolRef,
  sessionDateOf,
  type Timeframe,
  venueOf,
} from '@onetape/market'
import { barEnd, inOrder, midnightOf } from '../bar-time.ts'
import { ProviderError } from '../errors.ts'
import { type Rows, readRows } from '../wire-rows.ts'
import { shortestFloat } from './float.ts'
import { INTERVALS } from './intervals.ts'
import { inCurrency, type PriceUnit, unitOf } from './minor-units.ts'
import { type Chart, type ChartRow, chartRowSchema, chartRows } from './payload.ts'
import { refFromYahoo } from './symbols.ts'

export interface ChartContext {
  /** What was asked for, or null to take the vendor's word. */
  ref: SymbolRef | null
  timeframe: Timeframe
  fetchedAt: Micros
}

export type ChartBars = Rows<Bar> & {
  /** What the prices were turned into; null where the vendor names no currency. */
  unit: PriceUnit | null
}

export function normalizeChart(chart: Chart, context: ChartContext): ChartBars {
  const ref = refOf(chart, context)
  requireGranularity(chart, context.timeframe)
  const wire = chartRows(chart)
  const zone = chart.meta.exchangeTimezoneName
  const unit = chart.meta.currency ? unitOf(chart.meta.currency) : null
  const { rows, dropped } = readRows(wire, {
    schema: chartRowSchema,
    normalize: (row) => normalizeRow(row, { ...context, ref, zone, unit }),
  })
  const { bars, repeated } = inOrder(rows)
  if (repeated > 0) {
    dropped.push({
      row: wire.length - 1,
      reason: `${repeated} earlier row(s) of the same date: the last is kept`,
    })
  }
  return { rows: bars, dropped, unit }
}

function refOf(chart: Chart, context: ChartContext): SymbolRef {
  const { symbol, instrumentType } = chart.meta
  const ref = context.ref ?? refFromYahoo(symbol, instrumentType)
  if (ref) return ref
  throw new ProviderError('unsupported', `${symbol} is a ${instrumentType}, which has no asset class here`, {
    provider: 'yahoo',
  })
}

/** Too long a range makes Yahoo answer with coarser rows than asked for, without an error. */
function requireGranularity(chart: Chart, timeframe: Timeframe): void {
  const granularity = chart.meta.dataGranularity
  const asked = INTERVALS[timeframe]?.interval
  if (granularity === asked || (asked === '60m' && granularity === '1h')) return
  throw new ProviderError(
    'malformed',
    `Yahoo answered with ${granularity} rows where ${asked} was asked for`,
    {
      provider: 'yahoo',
    },
  )
}

interface RowContext extends ChartContext {
  ref: SymbolRef
  /** The exchange's time zone. */
  zone: string
  unit: PriceUnit | null
}

function normalizeRow(row: ChartRow, context: RowContext): Bar | string {
  const { ref, timeframe, fetchedAt, zone } = context
  const prices = pricesOf(row, { isShare: ref.assetClass === 'equity', unit: context.unit })
  if (typeof prices === 'string') return prices
  const stamp = microsFromSeconds(row.timestamp)
  // The newest intraday row may be the last trade at its own second: no bar of the grid.
  if (isIntraday(timeframe) && barStart(stamp, timeframe) !== stamp) return `starts off the ${timeframe} grid`
  const sessionDate = isIntraday(timeframe)
    ? sessionDateOf(venueOf(ref.assetClass), stamp)
    : dateInZone(stamp, zone)
  const ts = isIntraday(timeframe) ? stamp : midnightOf(sessionDate)
  const end = barEnd({ assetClass: ref.assetClass, timeframe, ts, sessionDate })
  return {
    ...ref,
    ...prices,
    timeframe,
    ts,
    sessionDate,
    basis: ref.assetClass === 'equity' ? 'split' : 'raw',
    feed: 'yahoo',
    final: end <= fetchedAt,
  }
}

/** Volume counts units for shares only: crypto is in dollars there, forex and indices have none. */
function pricesOf(
  { open, high, low, close, volume }: ChartRow,
  { isShare, unit }: { isShare: boolean; unit: PriceUnit | null },
): Ohlcv | string {
  if ([open, high, low, close].every((price) => price == null)) return 'no trade'
  if (open == null || high == null || low == null || close == null) return 'incomplete: a price is null'
  const priced = (price: number) => (unit ? inCurrency(shortestFloat(price), unit) : shortestFloat(price))
  const prices = {
    open: priced(open),
    high: priced(high),
    low: priced(low),
    close: priced(close),
    volume: isShare ? (volume ?? null) : null,
  }
  return ohlcvFault(prices) ?? prices
}
