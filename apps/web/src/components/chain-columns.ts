// The columns of an options chain, from the strike outwards, and from which width of its place on each is there.
import type { OptionQuote } from '@onetape/market'
import { formatPrice, formatVolume } from './number-format.ts'
import { formatGreek, formatVolatility } from './option-chain.ts'

export interface ChainColumn {
  name: string
  title?: string
  /** From which width of its place on it is there. */
  from: string
  text: (quote: OptionQuote) => string
}

const WIDE = 'hidden @min-[1040px]:table-cell'
const MIDDLE = 'hidden @min-[720px]:table-cell'
const price = (value: number | null): string => (value === null ? '' : formatPrice(value, 2))

export const CHAIN_COLUMNS: ChainColumn[] = [
  { name: 'Bid', from: '', text: (q) => price(q.bid) },
  { name: 'Ask', from: '', text: (q) => price(q.ask) },
  { name: 'Last', from: 'hidden @min-[520px]:table-cell', text: (q) => price(q.last) },
  {
    name: 'IV',
    title: 'Implied volatility, per year',
    from: 'hidden @min-[420px]:table-cell',
    text: (q) => formatVolatility(q.impliedVolatility),
  },
  { name: 'Delta', from: MIDDLE, text: (q) => formatGreek(q.delta) },
  { name: 'Gamma', from: WIDE, text: (q) => formatGreek(q.gamma) },
  { name: 'Theta', from: WIDE, text: (q) => formatGreek(q.theta) },
  { name: 'Vega', from: WIDE, text: (q) => formatGreek(q.vega) },
  { name: 'Vol', title: 'Contracts traded today', from: MIDDLE, text: (q) => volume(q.volume) },
  { name: 'OI', title: 'Open interest, contracts', from: MIDDLE, text: (q) => volume(q.openInterest) },
]
/** For the calls, whose side is read from the right. */
export const MIRRORED_COLUMNS = CHAIN_COLUMNS.toReversed()

const volume = (value: number | null): string =>
  value === null ? '' : value >= 10_000 ? formatVolume(value) : value.toLocaleString('en-US')
