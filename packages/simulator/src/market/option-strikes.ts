// Which strikes are listed around a price: steps grow with the price and away from it, as exchanges list them.

export interface StrikeAsk {
  /** Yesterday's close, so that strikes stand still during a day. */
  price: number
  volatility: number
  years: number
  /** How busy the underlying is: the busiest have the finest steps, the others every second one. */
  density: 'fine' | 'normal' | 'coarse'
}

export function strikesOf({ price, volatility, years, density }: StrikeAsk): number[] {
  const reach = Math.min(0.7, Math.max(0.12, 3.2 * volatility * Math.sqrt(Math.max(years, 7 / 365))))
  const step =
    density === 'fine' ? stepAt(price, FINE) : stepAt(price, STEPS) * (density === 'normal' ? 1 : 2)
  const low = Math.max(step, Math.floor((price * (1 - reach)) / step) * step)
  const high = Math.ceil((price * (1 + reach)) / step) * step
  const strikes: number[] = []
  for (let i = Math.round(low / step); i * step <= high; i++) {
    // Far from the price only every fourth.
    const far = Math.abs(i * step - price) > price * reach * 0.6
    if (!far || i % 4 === 0) strikes.push(Number((i * step).toFixed(2)))
  }
  return strikes
}

type Steps = readonly [below: number, step: number][]
const STEPS: Steps = [
  [25, 0.5],
  [100, 1],
  [400, 2.5],
  [1_000, 5],
  [5_000, 25],
]
const FINE: Steps = [
  [100, 0.5],
  [1_000, 1],
  [5_000, 10],
]
const stepAt = (price: number, steps: Steps): number => steps.find(([below]) => price < below)?.[1] ?? 50
