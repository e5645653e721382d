// The rows of a chart: split-adjusted OHLCV, empty minutes as nulls, and the running day stamped with its last trade.
import { addDays, MINUTE_US, type Micros, type Session } from '@onetape/market'
import { dividendsOf, splitFactor } from '../market/actions.ts'
import { sessionBefore, sessionOf, sessionsOf } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import { mix } from '../market/hash.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { dateInNewYork } from '../new-york.ts'
import { type ChartRange, INTERVAL_MINUTES } from './chart-range.ts'
import { secondsOf, volumeOf } from './names.ts'
import { midnightOf } from './zone.ts'

/** Null prices mean a minute for which Yahoo has nothing; the volume may be null or 0 then. */
export interface ChartRow {
  time: number
  date: string
  open: number | null
  high: number | null
  low: number | null
  close: number | null
  volume: number | null
}

export interface ChartAskRows {
  listing: Listing
  range: ChartRange
  withExtended: boolean
}

export function chartRows(market: Market, ask: ChartAskRows, now: Micros): ChartRow[] {
  if (ask.range.interval in INTERVAL_MINUTES) return intradayRows(market, ask, now)
  return ask.range.interval === '1d'
    ? dailyRows(market, ask, now)
    : periodRows(dailyRows(market, ask, now), ask)
}

function intradayRows(
  market: Market,
  { listing, range, withExtended }: ChartAskRows,
  now: Micros,
): ChartRow[] {
  const length = INTERVAL_MINUTES[range.interval]! * MINUTE_US
  const rows: ChartRow[] = []
  for (const session of sessionsWithin(listing, range)) {
    const start = withExtended ? session.preOpen : session.open
    const end = Math.min(withExtended ? session.postClose : session.close, now + 1)
    const factor = splitFactor(listing, session.date, dateInNewYork(now))
    const slots = new Map<number, ChartRow>()
    for (const minute of market.minutes(listing, start, end, now)) {
      // Slots are counted from the open, so the hours of a stock begin at half past.
      const slot = session.open + Math.floor((minute.start - session.open) / length) * length
      slots.set(
        slot,
        merged(slots.get(slot), minute, { time: secondsOf(slot), date: session.date, factor, listing }),
      )
    }
    const firstSlot = session.open - Math.ceil((session.open - start) / length) * length
    for (let slot = firstSlot; slot < end; slot += length) {
      if (slot < range.from || slot >= range.to) continue
      const forgotten = length === MINUTE_US && mix(listing.key, Math.floor(slot / MINUTE_US)) % 700 === 0
      const row = forgotten ? undefined : slots.get(slot)
      // Outside regular hours empty minutes are left out, within they are rows of nulls.
      const regular = slot >= session.open && slot < session.close
      if (row) rows.push(row)
      else if (regular && slot + length <= now) rows.push(emptyRow(secondsOf(slot), session.date))
    }
  }
  return rows
}

function dailyRows(market: Market, { listing, range }: ChartAskRows, now: Micros): ChartRow[] {
  const rows: ChartRow[] = []
  for (const session of sessionsWithin(listing, range)) {
    if (session.open < range.from && !coversWhole(range)) continue
    if (session.open >= range.to || session.open > now) continue
    const day = market.regularDay(listing, session, now)
    if (!day) continue
    // The session that still runs bears the time of its last trade instead of its open.
    const running = now < session.close
    // A currency's day bears London's midnight (its prices here are those of the forex session of that date).
    const start = listing.kind === 'fx' ? midnightOf(listing, session.date) : session.open
    const time = running ? market.lastRegularTrade(listing, session, now)!.ts : start
    const factor = splitFactor(listing, session.date, dateInNewYork(now))
    rows.push(merged(undefined, day, { time: secondsOf(time), date: session.date, factor, listing }))
  }
  return rows
}

/** Weeks, months and quarters are charted whole from where the range begins. */
const coversWhole = (range: ChartRange): boolean => range.interval !== '1d'

/** Days gathered into weeks (from Monday), months or quarters, stamped with their first midnight. */
function periodRows(days: ChartRow[], { listing, range }: ChartAskRows): ChartRow[] {
  const rows = new Map<string, ChartRow>()
  for (const day of days) {
    const first = periodStart(day.date, range.interval)
    const known = rows.get(first)
    const midnight = secondsOf(midnightOf(listing, first))
    if (!known) rows.set(first, { ...day, time: midnight })
    else {
      known.high = Math.max(known.high!, day.high!)
      known.low = Math.min(known.low!, day.low!)
      known.close = day.close
      known.volume! += day.volume!
    }
  }
  return [...rows.values()]
}

function periodStart(date: string, interval: string): string {
  if (interval === '1mo') return `${date.slice(0, 7)}-01`
  if (interval === '3mo') {
    const month = Math.floor((Number(date.slice(5, 7)) - 1) / 3) * 3 + 1
    return `${date.slice(0, 4)}-${String(month).padStart(2, '0')}-01`
  }
  return addDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7))
}

function sessionsWithin(listing: Listing, range: ChartRange): Session[] {
  const day = (ts: Micros) => new Date(Math.floor(ts / 1000)).toISOString().slice(0, 10)
  const from =
    coversWhole(range) && !(range.interval in INTERVAL_MINUTES)
      ? periodStart(day(range.from), range.interval)
      : addDays(day(range.from), -1)
  return sessionsOf(listing, from, day(range.to)).filter(
    (s) => s.postClose > range.from || coversWhole(range),
  )
}

interface Placed {
  time: number
  date: string
  factor: number
  listing: Listing
}

function merged(
  row: ChartRow | undefined,
  candle: Candle,
  { time, date, factor, listing }: Placed,
): ChartRow {
  const volume = Math.round(volumeOf(listing, candle.volume * factor, candle.close))
  const [o, h, l, c] = [
    candle.open / factor,
    candle.high / factor,
    candle.low / factor,
    candle.close / factor,
  ]
  if (!row) return { time, date, open: o, high: h, low: l, close: c, volume }
  return {
    ...row,
    high: Math.max(row.high!, h),
    low: Math.min(row.low!, l),
    close: c,
    volume: row.volume! + volume,
  }
}

const emptyRow = (time: number, date: string): ChartRow => ({
  time,
  date,
  open: null,
  high: null,
  low: null,
  close: null,
  volume: null,
})

/** What each date's close is multiplied with so that dividends paid since count as gain. */
export function dividendFactors(
  market: Market,
  listing: Listing,
  from: string,
  now: Micros,
): (date: string) => number {
  const steps = dividendsOf(listing, from, dateInNewYork(now)).map(({ date, amount }) => {
    const before = market.regularDay(listing, sessionBefore(sessionOf(listing, date)!), now)
    return {
      date,
      factor: before ? 1 - amount / (before.close / splitFactor(listing, before.session.date, date)) : 1,
    }
  })
  return (date) => steps.reduce((product, step) => (step.date > date ? product * step.factor : product), 1)
}
