// Every vendor's folder, one line each: that line is all that a new one needs beside its folder.
export { alpaca } from './alpaca/index.ts'
export { coinbase } from './coinbase/index.ts'
export { ibkr } from './ibkr/index.ts'
export { oanda } from './oanda/index.ts'
export { polygon } from './polygon/index.ts'
export { schwab } from './schwab/index.ts'
export { yahoo } from './yahoo/index.ts'
