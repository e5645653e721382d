// The order in which the house asks its sources, per asset class: the first is asked, the next ones stand in.
import type { AssetClass } from '@onetape/market'

export const houseOrder: Readonly<Record<AssetClass, readonly string[]>> = {
  equity: ['polygon', 'alpaca', 'yahoo', 'schwab', 'ibkr'],
  crypto: ['coinbase', 'polygon', 'alpaca', 'yahoo'],
  fx: ['oanda', 'polygon', 'yahoo', 'ibkr'],
  index: ['yahoo', 'polygon', 'schwab', 'ibkr'],
  option: ['polygon', 'alpaca', 'schwab', 'yahoo', 'ibkr'],
}
