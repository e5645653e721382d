// Which roll-ups are stored, and how SQL speaks of them.
import type { IntradayTimeframe } from '@onetape/market'

export interface RollupTimeframe {
  timeframe: IntradayTimeframe
  interval: string
}

/** Made of 1m bars and ticks. */
export const FINE: RollupTimeframe = { timeframe: '5m', interval: '5 minutes' }
/** Made of fine ones. Sessions of all venues begin and end with one of these, so a day is made of them. */
export const COARSE: RollupTimeframe = { timeframe: '30m', interval: '30 minutes' }

/** Start of the bucket that `ts` lies in. */
export const bucketOf = ({ interval }: RollupTimeframe, ts: string): string =>
  `date_bin('${interval}', ${ts}, 'epoch')`

/** `a, b` of a row. */
export const columnsOf = (row: string, names: string): string =>
  names
    .split(',')
    .map((name) => `${row}.${name.trim()}`)
    .join(', ')

/** `open 10, close 11, volume -`, as text. */
export const describedAs = (row: string, names: string): string =>
  `concat_ws(', ', ${names
    .split(',')
    .map((name) => `'${name.trim()} ' || coalesce(${row}.${name.trim()}::text, '-')`)
    .join(', ')})`
