// Which column of a CSV means what: vendors write `Date`, `timestamp`, `Adj Close`, `Close/Last`, `Vol.` ...
import type { Basis } from '@onetape/market'

export interface CsvColumns {
  when: number
  open: number
  high: number
  low: number
  close: number
  volume: number | null
  /** The convention that the header gives away, null when it says nothing. */
  basis: { basis: Basis; why: string } | null
}

const NAMES = {
  when: ['date', 'datetime', 'timestamp', 'time', 'day', 'opentime', 'begintime', 'start', 't'],
  open: ['open', 'openprice', 'o'],
  high: ['high', 'highprice', 'h'],
  low: ['low', 'lowprice', 'l'],
  close: ['close', 'closelast', 'closeprice', 'last', 'price', 'c'],
  volume: ['volume', 'vol', 'v', 'shares', 'volumebtc', 'volumefrom'],
} as const

const ADJUSTED = ['adjclose', 'adjustedclose', 'adjclosesplitanddividend', 'closeadj']

const plain = (title: string): string => title.toLowerCase().replaceAll(/[^a-z]/g, '')

/** @throws Error with one clear line naming the columns that are missing. */
export function readHeader(titles: readonly string[]): CsvColumns {
  const columns = titles.map(plain)
  const find = (names: readonly string[]): number | null => {
    for (const name of names) {
      const at = columns.indexOf(name)
      if (at >= 0) return at
    }
    return null
  }
  const found = Object.fromEntries(Object.entries(NAMES).map(([noun, names]) => [noun, find(names)]))
  const missing = Object.keys(NAMES).filter((noun) => noun !== 'volume' && found[noun] === null)
  if (missing.length > 0) {
    const asked = missing.map((noun) => (noun === 'when' ? 'date' : noun)).join(', ')
    throw new Error(
      `no column for ${asked} in its first line; a header like Date,Open,High,Low,Close,Volume is needed`,
    )
  }
  return { ...(found as unknown as CsvColumns), basis: conventionOf(columns, find(ADJUSTED) !== null) }
}

function conventionOf(columns: readonly string[], adjustedClose: boolean): CsvColumns['basis'] {
  if (adjustedClose) {
    return {
      basis: 'split',
      why: 'an adjusted close stands beside the close: open to close are adjusted for splits alone',
    }
  }
  if (columns.includes('stocksplits') && columns.includes('dividends')) {
    return {
      basis: 'total',
      why: 'dividends without an adjusted close: prices are adjusted for splits and dividends',
    }
  }
  return null
}
