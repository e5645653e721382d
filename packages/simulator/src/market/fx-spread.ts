// The dealer's spread of a currency pair: narrow while London and New York are awake, wide around the roll at 17:00
// New York. It stands for a minute, so that bars of the bid and the ask follow from those of the mid.
import { MINUTE_US, type Micros, type Session } from '@onetape/market'
import { mix } from './hash.ts'
import type { Listing } from './listing.ts'

/** Minutes on either side of the roll in which hardly anybody deals. */
const ROLL_MINUTES = 15
const ROLL_WIDTH = 4
const NIGHT_WIDTH = 1.35
/** London opens some 9 hours after the roll, New York leaves 2 before the next. */
const DAY_FROM = 9 / 24
const DAY_TO = 22 / 24

/** Price steps from the mid to the bid, and to the ask; at least one. */
export function halfSpreadSteps(listing: Listing, session: Session, ts: Micros): number {
  const minute = Math.floor(ts / MINUTE_US)
  const draw = 0.85 + (0.4 * (mix(listing.key, minute) & 0xffff)) / 65_536
  return Math.max(1, Math.round(((listing.spreadSteps ?? 2) / 2) * draw * widthAt(session, ts)))
}

function widthAt({ open, close }: Session, ts: Micros): number {
  const x = (ts - open) / (close - open)
  const roll = (ROLL_MINUTES * MINUTE_US) / (close - open)
  if (x < roll || x >= 1 - roll) return ROLL_WIDTH
  return x < DAY_FROM || x > DAY_TO ? NIGHT_WIDTH : 1
}
