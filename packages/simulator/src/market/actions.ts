// Splits and dividends: what changes the share basis and what is paid.
import { addDays } from '@onetape/market'
import { sessionDateFrom } from './calendar.ts'
import { mix, uniform } from './hash.ts'
import type { Dividend, Listing } from './listing.ts'

/**
 * Shares at `until` that one share of `date` has become: 28 for Apple from 2014-01 to 2021. A price of `date` is
 * divided by it to stand on the basis of `until`, a volume multiplied.
 */
export function splitFactor(listing: Listing, date: string, until: string): number {
  let factor = 1
  for (const split of listing.splits) {
    if (split.date > date && split.date <= until) factor *= split.to / split.from
  }
  return factor
}

/** Ex-dates with `from <= date <= to`, oldest first. Amounts are as paid then, on the share basis of that day. */
export function dividendsOf(listing: Listing, from: string, to: string): Dividend[] {
  if (listing.quarterlyDividend === 0) return []
  const found: Dividend[] = []
  const start = from > listing.listed ? from : listing.listed
  const offset = mix(listing.key, 31) % 3
  const day = 5 + (mix(listing.key, 32) % 20)
  for (let year = Number(start.slice(0, 4)); year <= Number(to.slice(0, 4)); year++) {
    for (let quarter = 0; quarter < 4; quarter++) {
      const month = String(quarter * 3 + offset + 1).padStart(2, '0')
      const date = sessionDateFrom(listing, `${year}-${month}-${String(day).padStart(2, '0')}`)
      if (date >= start && date <= to) found.push({ date, amount: amountOf(listing, year, date) })
    }
  }
  return found
}

/** Dividends grow by 4 to 8 % a year up to the anchor's, and are larger where a share later became several. */
function amountOf(listing: Listing, year: number, date: string): number {
  const growth = 1.04 + 0.04 * uniform(listing.key, 33)
  const today = listing.quarterlyDividend * growth ** Math.min(0, year - 2026)
  const amount = today * splitFactor(listing, date, '9999-12-31')
  return Math.max(0.0001, Math.round(amount * 1e4) / 1e4)
}

/** Calendar days from the ex-date to the record and the pay date. */
export const payDateOf = (dividend: Dividend): string => addDays(dividend.date, 14)
