// A request for history, checked as the service checks it: the end, how far back, how long a bar, and of what.
import { addDays, DAY_US, HOUR_US, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import { begunSession, sessionBefore } from '../market/calendar.ts'
import { NOTICES, type Notice } from './codes.ts'
import type { Contract } from './contract.ts'
import { dateText, instantOf } from './time-text.ts'

export type BarLength = { us: number } | { unit: 'day' | 'week' | 'month' }
export type Show = 'TRADES' | 'AGGTRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK'

export interface BarAsk {
  length: BarLength
  from: Micros
  end: Micros
  regularOnly: boolean
  show: Show
  /** Intraday times in seconds since 1970 instead of text. */
  epoch: boolean
}

const LENGTHS: Record<string, BarLength> = {
  '1 secs': { us: SECOND_US },
  '5 secs': { us: 5 * SECOND_US },
  '10 secs': { us: 10 * SECOND_US },
  '15 secs': { us: 15 * SECOND_US },
  '30 secs': { us: 30 * SECOND_US },
  '1 min': { us: MINUTE_US },
  '2 mins': { us: 2 * MINUTE_US },
  '3 mins': { us: 3 * MINUTE_US },
  '5 mins': { us: 5 * MINUTE_US },
  '10 mins': { us: 10 * MINUTE_US },
  '15 mins': { us: 15 * MINUTE_US },
  '20 mins': { us: 20 * MINUTE_US },
  '30 mins': { us: 30 * MINUTE_US },
  '1 hour': { us: HOUR_US },
  '2 hours': { us: 2 * HOUR_US },
  '3 hours': { us: 3 * HOUR_US },
  '4 hours': { us: 4 * HOUR_US },
  '8 hours': { us: 8 * HOUR_US },
  '1 day': { unit: 'day' },
  '1 week': { unit: 'week' },
  '1W': { unit: 'week' },
  '1 month': { unit: 'month' },
  '1M': { unit: 'month' },
}
const SHOWS = ['TRADES', 'AGGTRADES', 'MIDPOINT', 'BID', 'ASK', 'BID_ASK']
/** Bars of up to half a minute are not kept for longer. */
const SMALL_KEPT_US = 183 * DAY_US
const SMALL_US = 30 * SECOND_US
/** One request is given so much: bars of a second have a limit of their own. */
const SECONDS_MAX = 2_000
const WINDOWS_MAX = 150_000

export interface HistoryFields {
  end: string
  barSize: string
  duration: string
  useRth: string
  show: string
  formatDate: string
}

export function barAsk(fields: HistoryFields, contract: Contract, now: Micros): BarAsk | Notice {
  const end = fields.end.trim() === '' ? now : instantOf(fields.end)
  if (end === null) return NOTICES.badEnd
  const length = LENGTHS[fields.barSize]
  if (!length) {
    const legal = Object.keys(LENGTHS).join(', ')
    return NOTICES.invalid(
      `Historical data bar size setting is invalid. Legal ones are: ${legal}, got "${fields.barSize}"`,
    )
  }
  const show = fields.show.toUpperCase()
  if (!SHOWS.includes(show)) return NOTICES.noHistory(`${nameOf(contract)} ${fields.show}`)
  const wrong = wrongShow(contract, show as Show)
  if (wrong) return wrong
  const duration = /^(\d+) ([SDWMY])$/.exec(fields.duration.trim())
  if (!duration || Number(duration[1]) < 1) {
    return NOTICES.invalid(
      'Historical data query duration string is invalid: it must be integer{SPACE}unit (S|D|W|M|Y)',
    )
  }
  const back = { count: Number(duration[1]), unit: duration[2] as Unit }
  const tooFar = limitOf(back, length)
  if (tooFar) return tooFar
  // An index is calculated in regular hours alone.
  const regularOnly =
    contract.secType === 'IND' || fields.useRth === '1' || fields.useRth.toLowerCase() === 'true'
  const from = startOf(contract, { back, end, regularOnly })
  if ('us' in length && length.us <= SMALL_US && from < now - SMALL_KEPT_US) {
    return NOTICES.noData(`${nameOf(contract)} ${fields.show}`)
  }
  return { length, from, end, regularOnly, show: show as Show, epoch: fields.formatDate === '2' }
}

/** `AAPL@SMART` */
export const nameOf = ({ localSymbol, secType, primaryExch }: Contract): string =>
  `${localSymbol}@${secType === 'STK' || secType === 'OPT' ? 'SMART' : primaryExch}`

function wrongShow(contract: Contract, show: Show): Notice | null {
  const { secType } = contract
  if (secType === 'CASH' && (show === 'TRADES' || show === 'AGGTRADES')) {
    return NOTICES.noHistory(`${contract.symbol}/CASH@FXSUBPIP Last 3600`)
  }
  if (secType === 'IND' && show !== 'TRADES') return NOTICES.noHistory(`${contract.symbol}/IND ${show}`)
  if (secType === 'CRYPTO' && show === 'TRADES') return NOTICES.useAggTrades
  if (secType !== 'CRYPTO' && show === 'AGGTRADES') {
    return NOTICES.noHistory(`${contract.symbol}/${secType}@SMART AGGTRADES`)
  }
  return null
}

type Unit = 'S' | 'D' | 'W' | 'M' | 'Y'
interface Back {
  count: number
  unit: Unit
}

const UNIT_DAYS = { S: 1 / 86_400, D: 1, W: 7, M: 31, Y: 366 }

function limitOf({ count, unit }: Back, length: BarLength): Notice | null {
  if (unit === 'S' && count > 86_400) {
    return NOTICES.invalid(
      'Historical data requests for durations longer than 86400 seconds must be made in days.',
    )
  }
  if (unit === 'D' && count > 365) {
    return NOTICES.invalid(
      'Historical data requests for durations longer than 365 days must be made in years.',
    )
  }
  if (unit === 'M' && count > 12) {
    return NOTICES.invalid(
      'Historical data requests for durations longer than 12 months must be made in years.',
    )
  }
  if (!('us' in length)) return null
  const windows = (count * UNIT_DAYS[unit] * DAY_US) / length.us
  return windows > (length.us === SECOND_US ? SECONDS_MAX : WINDOWS_MAX) ? NOTICES.tooLong : null
}

/** Seconds are counted back on the clock, days in sessions, the rest on the calendar. */
function startOf(
  { listing }: Contract,
  { back: { count, unit }, end, regularOnly }: { back: Back; end: Micros; regularOnly: boolean },
): Micros {
  if (unit === 'S') return end - count * SECOND_US
  let session = begunSession(listing, end - 1)
  if (unit === 'D') {
    for (let i = 1; i < count; i++) session = sessionBefore(session)
    return regularOnly ? session.open : session.preOpen
  }
  const first = dateBefore(dateText(end), { count, unit })
  while (session.date > first) session = sessionBefore(session)
  // The first session is the one after the day that lies so far back.
  return session.postClose
}

function dateBefore(date: string, { count, unit }: Back): string {
  if (unit === 'W') return addDays(date, -7 * count)
  const months = unit === 'Y' ? 12 * count : count
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months
  const first = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`
  const day = addDays(first, Number(date.slice(8)) - 1)
  // 31 March less a month is the end of February.
  return day.slice(0, 7) === first.slice(0, 7) ? day : addDays(`${day.slice(0, 7)}-01`, -1)
}
