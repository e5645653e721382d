// The order in which the house asks its sources, per asset class: the first is asked, the next ones stand in.
import type { AssetClass } from '@onetape/market'

export const houseOrder: Readonly<Record<AssetClass, readonly string[]>> = {
  equity: ['polygon', 'yahoo'],
  crypto: ['coinbase', 'yahoo'],
  fx: ['polygon', 'yahoo'],
  index: ['yahoo', 'polygon'],
  option: ['polygon'],
}
