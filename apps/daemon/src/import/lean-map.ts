// A LEAN map file is the history of one instrument's names: `date,ticker,exchange`, one row for the day it
// begins, then one row per name with the LAST day on which it was borne; 2050-12-31 stands for "still".
import { addDays } from '@onetape/market'
import { isoDate } from './lean-path.ts'

export interface SymbolSpan {
  symbol: string
  validFrom: string | null
  validTo: string | null
}
export interface NameHistory {
  /** First day of the instrument; null when the file only says "from the start of the data". */
  listedOn: string | null
  /** Oldest first. */
  spans: SymbolSpan[]
}

const STILL = '2050-12-31'
/** LEAN's equity data begins here: an instrument whose file starts on this day is older than that. */
const DATA_START = '1998-01-02'

/** @throws Error with one clear line when the file is no map file. */
export function parseMapFile(text: string): NameHistory {
  const rows = text
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '')
    .map((line, i) => {
      const [digits = '', ticker = ''] = line.split(',')
      const date = isoDate(digits.trim())
      if (!date || !/^[a-z0-9][a-z0-9.-]*$/i.test(ticker.trim()))
        throw new Error(`line ${i + 1} is no row of a map file`)
      return { date, symbol: ticker.trim().toUpperCase() }
    })
  if (rows.length < 2) throw new Error('a map file has at least two rows')
  for (let i = 1; i < rows.length; i++) {
    if (rows[i]!.date < rows[i - 1]!.date) throw new Error(`line ${i + 1} is older than the line before`)
  }
  const listedOn = rows[0]!.date === DATA_START ? null : rows[0]!.date
  const spans = rows.slice(1).map(
    (row, i): SymbolSpan => ({
      symbol: row.symbol,
      validFrom: i === 0 ? listedOn : addDays(rows[i]!.date, 1),
      validTo: row.date === STILL ? null : row.date,
    }),
  )
  return { listedOn, spans }
}
