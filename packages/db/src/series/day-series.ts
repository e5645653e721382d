// Days, weeks and months, from `market_data_daily` and, for the session under way, from the latest row.
import { type Basis, DAY_US, type Micros, sessionOn, TIMEFRAMES, type Timeframe } from '@onetape/market'
import type { Db } from '../connect.ts'
import { type LatestPrice, latestOf } from './latest-of.ts'
import type { DayUnit } from './resolution.ts'
import {
  type Offer,
  pickOffer,
  type SeriesBar,
  type SeriesRequest,
  type SessionBar,
  sourcesOf,
} from './series.ts'

const OFFERS = `select distinct on (d.source_id, d.basis) d.source_id, s.name as source, d.basis, d.session_date, d.write_id,
  count(*) over (partition by d.source_id, d.basis) as bars
from market_data_daily d join sources s on s.id = d.source_id
where d.instrument_id = $1 and d.session_date >= $2 and d.session_date < $3
order by d.source_id, d.basis, d.session_date desc`

const DAYS = `select session_date, open, high, low, close, volume, settled from market_data_daily
where instrument_id = $1 and session_date >= $2 and session_date < $3 and source_id = $4 and basis = $5
order by session_date desc limit $6`

export type DayRow = SessionBar

interface DayRange {
  from: string
  /** Exclusive. */
  to: string
}

/** A request for bars of one or more sessions. `covering`: of all that the range touches, not only of those that start in it. */
export type DayRequest = Omit<SeriesRequest, 'timeframe'> & { timeframe: DayUnit; covering?: boolean }

export async function daySeries(
  db: Db,
  o: DayRequest,
): Promise<{ offer: Offer | null; sources: string[]; bars: SeriesBar[] }> {
  const range = o.covering ? coveringOf(o) : rangeOf(o)
  const latest = await latestOf(db, o.instrumentId)
  const today = latest && range.from <= latest.sessionDate && latest.sessionDate < range.to ? latest : null
  const offers = await readOffers(db, o, range, today)
  // Whether a source is behind is counted in days also where bars are longer than a month.
  const offer = pickOffer(offers, { ...o, timeframe: isTimeframe(o.timeframe) ? o.timeframe : '1d' })
  if (!offer) return { offer, sources: sourcesOf(offers), bars: [] }
  const rowsMax = o.timeframe === '1d' ? o.limit : 100_000
  const { rows } = await db.pool.query<DayRow>(DAYS, [
    o.instrumentId,
    range.from,
    range.to,
    offer.sourceId,
    offer.basis,
    rowsMax,
  ])
  rows.reverse()
  if (today?.sourceId === offer.sourceId) foldToday(rows, today, { venue: o.venue, basis: offer.basis })
  const days = o.convertDays ? await o.convertDays(rows, offer) : rows
  return { offer, sources: sourcesOf(offers), bars: barsOf(days, o.timeframe).slice(-o.limit) }
}

async function readOffers(
  db: Db,
  o: DayRequest,
  range: DayRange,
  today: LatestPrice | null,
): Promise<Offer[]> {
  const { rows } = await db.pool.query(OFFERS, [o.instrumentId, range.from, range.to])
  const offers = rows.map(
    (row): Offer => ({
      sourceId: row.source_id,
      source: row.source,
      basis: row.basis,
      newest: midnight(row.session_date),
      bars: row.bars,
      writeId: row.write_id,
    }),
  )
  if (!today) return offers
  const newest = midnight(today.sessionDate)
  const own = offers.filter((offer) => offer.sourceId === today.sourceId)
  for (const offer of own) offer.newest = Math.max(offer.newest, newest)
  if (own.length > 0) return offers
  const { sourceId, source, writeId } = today
  return [...offers, { sourceId, source, basis: 'raw', newest, bars: 1, writeId }]
}

/** The session under way, as the latest row has it. Its raw price is its adjusted one until the next split. */
function foldToday(
  rows: DayRow[],
  latest: LatestPrice,
  { venue, basis }: { venue: SeriesRequest['venue']; basis: Basis },
) {
  const newest = rows.at(-1)
  if (newest && newest.session_date > latest.sessionDate) return
  const known = newest?.session_date === latest.sessionDate ? newest : null
  if (known?.settled) return
  const session = sessionOn(venue, latest.sessionDate)
  const inSession = session !== null && session.open <= latest.ts && latest.ts < session.close
  const { day } = latest
  if (!day && (!inSession || (!known && basis !== 'raw'))) return
  const traded = inSession ? [latest.last] : []
  const highs = [known?.high, day?.high, ...traded].filter((n) => n !== undefined)
  const lows = [known?.low, day?.low, ...traded].filter((n) => n !== undefined)
  const today: DayRow = {
    session_date: latest.sessionDate,
    settled: false,
    open: day?.open ?? known?.open ?? latest.last,
    high: Math.max(...highs),
    low: Math.min(...lows),
    close: inSession ? latest.last : (day?.close ?? known?.close ?? latest.last),
    volume: greatest(known?.volume ?? null, latest.volume),
  }
  if (known) rows[rows.length - 1] = today
  else rows.push(today)
}

/** A day is over when it is settled or another follows; a longer bar, when another follows. */
export function barsOf(rows: readonly DayRow[], timeframe: DayUnit): SeriesBar[] {
  const bars: SeriesBar[] = []
  for (const { session_date, settled, open, high, low, close, volume } of rows) {
    const ts = midnight(startOf(session_date, timeframe))
    const bar = bars.at(-1)
    if (bar) bar.final = true
    if (bar?.ts !== ts) {
      bars.push({ ts, open, high, low, close, volume, final: settled && timeframe === '1d' })
      continue
    }
    bar.high = Math.max(bar.high, high)
    bar.low = Math.min(bar.low, low)
    bar.close = close
    bar.volume = bar.volume === null || volume === null ? (bar.volume ?? volume) : bar.volume + volume
    bar.final = false
  }
  return bars
}

/** First calendar date of the bar that a date lies in; weeks begin on Monday. */
function startOf(date: string, unit: DayUnit): string {
  if (unit === '1d') return date
  if (unit === '1w') {
    const day = new Date(`${date}T00:00:00Z`)
    day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
    return day.toISOString().slice(0, 10)
  }
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
  const first = months - (months % MONTHS[unit])
  return `${Math.floor(first / 12)}-${String((first % 12) + 1).padStart(2, '0')}-01`
}

const MONTHS = { '1mo': 1, '3mo': 3, '1y': 12, '10y': 120 } as const

/** Dates of whole bars whose start lies in the range. */
function rangeOf(o: DayRequest): DayRange {
  const first = firstDateFrom(o.from)
  const from = startOf(first, o.timeframe) === first ? first : nextStart(first, o.timeframe)
  return { from, to: endOf(o) }
}

/** Dates of whole bars that the range touches. */
const coveringOf = (o: DayRequest): DayRange => ({
  from: startOf(firstDateFrom(o.from - DAY_US + 1), o.timeframe),
  to: endOf(o),
})

function endOf(o: DayRequest): string {
  const end = firstDateFrom(o.to)
  return startOf(end, o.timeframe) === end ? end : nextStart(end, o.timeframe)
}

const FIRST_TS = Date.UTC(1800, 0, 1) * 1000
const LAST_TS = Date.UTC(2250, 0, 1) * 1000

/** The first date whose midnight UTC is not before an instant. */
const firstDateFrom = (ts: Micros) =>
  new Date((Math.ceil(Math.min(Math.max(ts, FIRST_TS), LAST_TS) / DAY_US) * DAY_US) / 1000)
    .toISOString()
    .slice(0, 10)

function nextStart(date: string, unit: DayUnit): string {
  const day = new Date(`${startOf(date, unit)}T00:00:00Z`)
  if (unit === '1d' || unit === '1w') day.setUTCDate(day.getUTCDate() + (unit === '1d' ? 1 : 7))
  else day.setUTCMonth(day.getUTCMonth() + MONTHS[unit])
  return day.toISOString().slice(0, 10)
}

const isTimeframe = (unit: DayUnit): unit is DayUnit & Timeframe =>
  (TIMEFRAMES as readonly string[]).includes(unit)

const midnight = (date: string): Micros => Date.parse(`${date}T00:00:00Z`) * 1000
const greatest = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
