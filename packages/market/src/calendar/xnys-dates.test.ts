// The tables against two independent witnesses: the exchange's own rules, and a public calendar where one lies near.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { XNYS_CLOSED_DATES, XNYS_EARLY_CLOSE_DATES, XNYS_YEARS } from './xnys-dates.ts'

const UNPLANNED_CLOSED = [
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
]
const UNUSUAL_EARLY = ['1999-12-31', '2002-07-05', '2003-12-26']

describe('rules of the exchange', () => {
  it('give the table of closed days, but for the unplanned ones', () => {
    const expected = years().flatMap(holidaysOf).concat(UNPLANNED_CLOSED)
    expect([...XNYS_CLOSED_DATES].sort()).toEqual(expected.sort())
  })

  it('give the table of early closes, but for the unusual ones', () => {
    const expected = years().flatMap(earlyClosesOf).concat(UNUSUAL_EARLY)
    expect([...XNYS_EARLY_CLOSE_DATES].sort()).toEqual(expected.sort())
  })
})

/** What the public calendar says otherwise, and why it is not followed. */
const KNOWN_DIFFERENCES = {
  closedOnlyThere: [
    '2011-01-01', // a Saturday: no session anyway
    '2022-01-01', // a Saturday
  ],
  earlyOnlyThere: ['2017-12-24'], // a Sunday
  earlyOnlyHere: ['1998-11-27', '1998-12-24', '1999-12-31'], // missing there
}

const historyDir = resolve(
  process.env.HISTORY_DIR ?? resolve(import.meta.dirname, '../../../../../shared/history'),
)
const leanFile = resolve(historyDir, 'lean/market-hours-database.json.gz')
const present = existsSync(leanFile)
if (!present) console.log(`skipped the cross-check of the calendar: ${leanFile} is absent`)

describe.skipIf(!present)('LEAN market hours', () => {
  it('agree with the tables, but for the known differences', () => {
    const lean = readLean()
    const until = `${lean.lastYear}-12-31`
    const within = (dates: Iterable<string>) =>
      [...dates].filter((d) => d >= `${XNYS_YEARS.first}` && d <= until)
    const minus = (a: Iterable<string>, b: ReadonlySet<string>) =>
      within(a)
        .filter((d) => !b.has(d))
        .sort()
    expect({
      closedOnlyThere: minus(lean.closed, XNYS_CLOSED_DATES),
      closedOnlyHere: minus(XNYS_CLOSED_DATES, lean.closed),
      earlyOnlyThere: minus(lean.early, XNYS_EARLY_CLOSE_DATES),
      earlyOnlyHere: minus(XNYS_EARLY_CLOSE_DATES, lean.early),
    }).toEqual({ ...KNOWN_DIFFERENCES, closedOnlyHere: [] })
  })
})

function readLean(): { closed: Set<string>; early: Set<string>; lastYear: string } {
  const text = gunzipSync(readFileSync(leanFile))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
  const entry = JSON.parse(text).entries['Equity-usa-[*]'] as {
    holidays: string[]
    earlyCloses: Record<string, string>
  }
  const iso = (us: string) => {
    const [month, day, year] = us.split('/')
    return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
  }
  const closed = new Set(entry.holidays.map(iso))
  return {
    closed,
    early: new Set(Object.keys(entry.earlyCloses).map(iso)),
    lastYear: [...closed].sort().at(-1)!.slice(0, 4),
  }
}

function years(): number[] {
  return Array.from({ length: XNYS_YEARS.last - XNYS_YEARS.first + 1 }, (_, i) => XNYS_YEARS.first + i)
}

const DAY_MS = 86_400_000
const day = (year: number, month: number, date: number) => Date.UTC(year, month - 1, date)
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const weekday = (ms: number) => new Date(ms).getUTCDay()
const nth = (year: number, month: number, wanted: number, n: number) => {
  const first = day(year, month, 1)
  return first + (((wanted - weekday(first) + 7) % 7) + (n - 1) * 7) * DAY_MS
}
const observed = (ms: number) => ms + (weekday(ms) === 6 ? -DAY_MS : weekday(ms) === 0 ? DAY_MS : 0)

/** NYSE Rule 7.2: a Saturday's holiday is kept on Friday, a Sunday's on Monday; New Year's never on 31 December. */
function holidaysOf(year: number): string[] {
  const days = [
    nth(year, 1, 1, 3),
    nth(year, 2, 1, 3),
    easter(year) - 2 * DAY_MS,
    nth(year, 6, 1, 1) - 7 * DAY_MS,
    observed(day(year, 7, 4)),
    nth(year, 9, 1, 1),
    nth(year, 11, 4, 4),
    observed(day(year, 12, 25)),
  ]
  if (weekday(day(year, 1, 1)) !== 6) days.push(observed(day(year, 1, 1)))
  if (year >= 2022) days.push(observed(day(year, 6, 19)))
  return days.map(iso)
}

/** The day after Thanksgiving; 3 July and 24 December when they and the holiday are weekdays (a Wednesday 3 July since 2013). */
function earlyClosesOf(year: number): string[] {
  const days = [nth(year, 11, 4, 4) + DAY_MS]
  const third = weekday(day(year, 7, 3))
  if (third >= 1 && third <= 4 && (third !== 3 || year >= 2013)) days.push(day(year, 7, 3))
  const eve = weekday(day(year, 12, 24))
  if (eve >= 1 && eve <= 4) days.push(day(year, 12, 24))
  return days.map(iso)
}

/** Gregorian Easter by Gauss' method: golden number, epact, then the Sunday after the paschal full moon. */
function easter(year: number): number {
  const century = Math.floor(year / 100)
  const golden = year % 19
  const moon = (15 + century - Math.floor(century / 4) - Math.floor((13 + 8 * century) / 25)) % 30
  const sunday = (4 + century - Math.floor(century / 4)) % 7
  const full = (19 * golden + moon) % 30
  let offset = (2 * (year % 4) + 4 * (year % 7) + 6 * full + sunday) % 7
  if (full === 29 && offset === 6) offset = -1
  if (full === 28 && offset === 6 && golden > 10) offset = -1
  return day(year, 3, 22) + (full + offset) * DAY_MS
}
