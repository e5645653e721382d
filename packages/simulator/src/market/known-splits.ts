// Splits that happened, so that a chart of raw prices has its real steps. New shares for old, by date of effect.
import type { Split } from './listing.ts'

const TABLE: Record<string, string> = {
  AAPL: '2005-02-28 2:1, 2014-06-09 7:1, 2020-08-31 4:1',
  NVDA: '2006-04-07 2:1, 2007-09-11 3:2, 2021-07-20 4:1, 2024-06-10 10:1',
  TSLA: '2020-08-31 5:1, 2022-08-25 3:1',
  AMZN: '2022-06-06 20:1',
  GOOGL: '2022-07-18 20:1',
  GOOG: '2022-07-18 20:1',
  AVGO: '2024-07-15 10:1',
  WMT: '2024-02-26 3:1',
  CMG: '2024-06-26 50:1',
  NFLX: '2015-07-15 7:1, 2025-11-17 10:1',
  NKE: '2012-12-26 2:1, 2015-12-24 2:1',
  V: '2015-03-19 4:1',
  MA: '2014-01-22 10:1',
  SHOP: '2022-06-29 10:1',
  PANW: '2022-09-14 3:1, 2024-12-16 2:1',
  GE: '2021-08-02 1:8',
  C: '2011-05-09 1:10',
  AIG: '2009-07-01 1:20',
  LRCX: '2024-10-03 10:1',
  SMCI: '2024-10-01 10:1',
  SONY: '2024-10-09 5:1',
  ORLY: '2025-06-10 15:1',
  ISRG: '2017-10-06 3:1, 2021-10-05 3:1',
  'BRK.B': '2010-01-21 50:1',
}

export const KNOWN_SPLITS: ReadonlyMap<string, readonly Split[]> = new Map(
  Object.entries(TABLE).map(([symbol, text]) => [
    symbol,
    text.split(', ').map((entry) => {
      const [date, ratio] = entry.split(' ')
      const [to, from] = ratio!.split(':').map(Number)
      return { date: date!, from: from!, to: to! }
    }),
  ]),
)
