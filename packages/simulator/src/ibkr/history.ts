// HISTORICAL_DATA: the bars of one request in one message, in the field order of server version 193.
import { SECOND_US } from '@onetape/market'
import type { RowFault } from '../simulation.ts'
import type { BarAsk, Show } from './bar-ask.ts'
import type { Bar } from './bars.ts'
import { type Field, message } from './frames.ts'
import { zonedText } from './time-text.ts'

const UNKNOWN = -1

export interface HistoryOptions {
  ask: BarAsk
  decimals: number
  /** False for an index: its bars count changes and nothing else. */
  hasVolume: boolean
  rowFault: RowFault | null
}

export function historyMessage(reqId: string, bars: readonly Bar[], o: HistoryOptions): string {
  const { ask, rowFault } = o
  const rows = bars.map((bar) => row(bar, o))
  const spoiled = Math.floor(rows.length / 2)
  if (rowFault === 'malformed_row' && rows.length > 0) {
    rows[spoiled] = rows[spoiled]!.map((field, i) => (i === 0 ? field : 'n/a'))
  }
  // A message that breaks off: fewer bars than it says.
  const sent = rowFault === 'truncated_page' ? rows.slice(0, spoiled) : rows
  return message(17, reqId, zonedText(ask.from), zonedText(ask.end), rows.length, ...sent.flat())
}

function row(bar: Bar, { ask, decimals, hasVolume }: HistoryOptions): Field[] {
  const { open, high, low, close } = prices(bar, ask.show)
  const traded = ask.show === 'TRADES' || ask.show === 'AGGTRADES'
  return [
    stamp(bar, ask),
    ...[open, high, low, close].map((price) => priceText(price, decimals)),
    ...(traded ? traces(bar, { decimals, hasVolume }) : [UNKNOWN, UNKNOWN, UNKNOWN]),
  ]
}

/** Volume, its average price, and the number of trades. */
function traces(
  { volume, turnover, close, count }: Bar,
  { decimals, hasVolume }: Pick<HistoryOptions, 'decimals' | 'hasVolume'>,
): Field[] {
  if (!hasVolume) return [0, 0, count]
  const average = volume > 0 ? turnover / volume : close
  return [Number(volume.toFixed(8)), priceText(average, decimals + 2), count]
}

function prices(bar: Bar, show: Show): Pick<Bar, 'open' | 'high' | 'low' | 'close'> {
  const { open, high, low, close, half } = bar
  switch (show) {
    case 'BID':
      return { open: open - half, high: high - half, low: low - half, close: close - half }
    case 'ASK':
      return { open: open + half, high: high + half, low: low + half, close: close + half }
    case 'BID_ASK': {
      // The average bid, the highest ask, the lowest bid, the average ask.
      const middle = (open + close) / 2
      return { open: middle - half, high: high + half, low: low - half, close: middle + half }
    }
    default:
      return bar
  }
}

/** Days are a date whatever was asked; so are weeks and months. */
function stamp({ start, date }: Bar, { length, epoch }: BarAsk): string {
  if (!('us' in length)) return date.replaceAll('-', '')
  return epoch ? String(Math.floor(start / SECOND_US)) : zonedText(start)
}

/** Without an exponent and without zeros at the end. */
export const priceText = (price: number, decimals = 8): string =>
  decimals === 0 ? price.toFixed(0) : price.toFixed(decimals).replace(/\.?0+$/, '')
