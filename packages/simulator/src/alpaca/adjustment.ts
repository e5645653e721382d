// Prices adjusted for splits, dividends or both, as of today.
import { dividendsOf, splitFactor } from '../market/actions.ts'
import { sessionBefore, sessionOf } from '../market/calendar.ts'
import type { Candle } from '../market/candle.ts'
import type { Listing } from '../market/listing.ts'
import type { Market } from '../market/market.ts'
import { BadParameter } from './answers.ts'

const ADJUSTMENTS = ['raw', 'split', 'dividend', 'all'] as const
export type Adjustment = (typeof ADJUSTMENTS)[number]

/** @throws BadParameter */
export function adjustmentOf(text = 'raw'): Adjustment {
  const found = ADJUSTMENTS.find((a) => a === text)
  if (!found) throw new BadParameter(`invalid adjustment: ${text}`)
  return found
}

export type Adjust = (candle: Candle, date: string) => Candle

export function adjuster(
  market: Market,
  listing: Listing,
  { adjustment, today }: { adjustment: Adjustment; today: string },
): Adjust {
  if (adjustment === 'raw' || listing.kind !== 'equity') return (candle) => candle
  const shrink = adjustment === 'split' ? () => 1 : dividendShrinkage(market, listing, today)
  return (candle, date) => {
    const splits = adjustment === 'dividend' ? 1 : splitFactor(listing, date, today)
    const factor = splits / shrink(date)
    if (factor === 1) return candle
    return {
      ...candle,
      open: candle.open / factor,
      high: candle.high / factor,
      low: candle.low / factor,
      close: candle.close / factor,
      // Dividends change prices only.
      volume: Math.round(candle.volume * splits),
    }
  }
}

/** What a price of a date is multiplied by: each later dividend's part of the close before it is taken off. */
function dividendShrinkage(market: Market, listing: Listing, today: string): (date: string) => number {
  const steps = dividendsOf(listing, listing.listed, today).flatMap(({ date, amount }) => {
    const session = sessionOf(listing, date)
    const before = session && sessionBefore(session)
    const close = before && market.day(listing, before, before.postClose)?.close
    return close ? [{ date, rate: 1 - (amount * splitFactor(listing, before.date, date)) / close }] : []
  })
  return (date) => steps.reduce((rate, step) => (step.date > date ? rate * step.rate : rate), 1)
}
