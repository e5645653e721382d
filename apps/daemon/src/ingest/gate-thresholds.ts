// How far a row may stray before the gate takes it for a fault. Data, per asset class: change numbers here.
import { type AssetClass, DAY_US, HOUR_US, MINUTE_US } from '@onetape/market'

export interface GateThresholds {
  /** Largest relative move against the last seen price that needs no confirmation. */
  jumpMax: number
  /** Two prices this close, relatively, tell the same story. */
  agreeWithin: number
  /** How near to 100 (or 1/100) a ratio must be to look like cents taken for dollars. */
  unitJumpWithin: number
  /** How far an event may lie ahead of the market clock. */
  futureMaxUs: number
  /** Older events are not worth keeping as a latest price. */
  ageMaxUs: number
  /** How far behind the event that we hold from the same source an answer may fall back. */
  fallBackMaxUs: number
  /** A price that we hold longer than this is no yardstick: markets move while nobody looks. */
  yardstickMaxUs: number
}

const EQUITY: GateThresholds = {
  jumpMax: 0.4,
  agreeWithin: 0.05,
  unitJumpWithin: 0.2,
  futureMaxUs: 2 * MINUTE_US,
  // Thin listings go without a trade for weeks, and a halt can last months.
  ageMaxUs: 400 * DAY_US,
  fallBackMaxUs: 2 * MINUTE_US,
  yardstickMaxUs: 5 * DAY_US,
}

export const GATE_THRESHOLDS: Record<AssetClass, GateThresholds> = {
  equity: EQUITY,
  crypto: { ...EQUITY, ageMaxUs: 7 * DAY_US, yardstickMaxUs: 2 * DAY_US },
  /**
   * In the worst minute on record of a pair of these (EUR-CHF, 15 January 2015) a rate moved by a tenth from one look
   * to the next. A dealer tells no day around its price that could confirm more, so a rate that was refused is no
   * yardstick for longer than half a session: then the close that the vendor settled at judges.
   */
  fx: { ...EQUITY, jumpMax: 0.1, agreeWithin: 0.02, ageMaxUs: 14 * DAY_US, yardstickMaxUs: 12 * HOUR_US },
  /** Trading in its members stops for the day at a fifth. */
  index: { ...EQUITY, jumpMax: 0.25, ageMaxUs: 14 * DAY_US },
  option: { ...EQUITY, jumpMax: 5 },
}
