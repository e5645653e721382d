// What /pricehistory is asked: a period that ends now, or a range that makes the period meaningless.
import { addDays, type Micros } from '@onetape/market'
import { dateInNewYork, midnightInNewYork } from '../new-york.ts'
import { queryText, type VendorRequest } from '../simulation.ts'
import type { HistoryQuery } from './history.ts'

const PERIODS: Record<
  string,
  { periods: number[]; standard: number; frequencies: HistoryQuery['frequencyType'][] }
> = {
  day: { periods: [1, 2, 3, 4, 5, 10], standard: 10, frequencies: ['minute'] },
  month: { periods: [1, 2, 3, 6], standard: 1, frequencies: ['weekly', 'daily'] },
  year: { periods: [1, 2, 3, 5, 10, 15, 20], standard: 1, frequencies: ['monthly', 'weekly', 'daily'] },
  ytd: { periods: [1], standard: 1, frequencies: ['weekly', 'daily'] },
}
const MINUTES = [1, 5, 10, 15, 30]

/** Text says what is wrong with the question. */
export function historyQuery(request: VendorRequest, now: Micros): HistoryQuery | string {
  const periodType = queryText(request, 'periodType') ?? 'day'
  const allowed = Object.hasOwn(PERIODS, periodType) ? PERIODS[periodType]! : null
  if (!allowed) return 'Enter valid periodType. valid values are day, month, year, ytd'
  const frequencyText = queryText(request, 'frequencyType') ?? allowed.frequencies[0]!
  const frequencyType = allowed.frequencies.find((f) => f === frequencyText)
  if (!frequencyType) return `Enter valid frequencyType for periodType ${periodType}`
  const frequency = Number(queryText(request, 'frequency') ?? 1)
  if (frequencyType === 'minute' ? !MINUTES.includes(frequency) : frequency !== 1)
    return 'Enter valid frequency'
  const [startDate, endDate] = [dateMs(request, 'startDate'), dateMs(request, 'endDate')]
  if (Number.isNaN(startDate) || Number.isNaN(endDate))
    return 'startDate and endDate are milliseconds since epoch'
  const end = endDate === null ? now : endDate * 1000 + 999
  const period = Number(queryText(request, 'period') ?? allowed.standard)
  if (startDate === null && !allowed.periods.includes(period))
    return `Enter valid period for periodType ${periodType}`
  const start = startDate === null ? startOf(periodType, period, end) : startDate * 1000
  if (start > end) return 'startDate must be before endDate'
  const extendedHours = queryText(request, 'needExtendedHoursData') !== 'false'
  return { frequencyType, frequency, start, end, extendedHours }
}

function startOf(periodType: string, period: number, end: Micros): Micros {
  const today = dateInNewYork(end)
  const days = { day: period - 1, month: 30 * period, year: 365 * period }[periodType]
  return midnightInNewYork(days === undefined ? `${today.slice(0, 4)}-01-01` : addDays(today, -days))
}

/** Null when absent, NaN when it is no time. */
function dateMs(request: VendorRequest, name: string): number | null {
  const text = queryText(request, name)
  if (text === undefined) return null
  return /^\d{1,14}$/.test(text) ? Number(text) : Number.NaN
}
