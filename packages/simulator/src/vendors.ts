// Every simulated vendor, one line each.
import { alpaca } from './alpaca/index.ts'
import { coinbase } from './coinbase/index.ts'
import { ibkr } from './ibkr/index.ts'
import { oanda } from './oanda/index.ts'
import { polygon } from './polygon/index.ts'
import { schwab } from './schwab/index.ts'
import type { SimulatedVendor } from './vendor.ts'
import { yahoo } from './yahoo/index.ts'

export const vendors: readonly SimulatedVendor[] = [
  polygon, //
  yahoo,
  coinbase,
  alpaca,
  schwab,
  oanda,
  ibkr,
]
