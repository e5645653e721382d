// The value of a European option and how it moves (Black and Scholes 1973).

/** As vendors state them: theta a day, vega a point of volatility, rho a point of interest. */
export interface Greeks {
  delta: number
  gamma: number
  theta: number
  vega: number
  rho: number
}

export interface OptionTerms {
  price: number
  strike: number
  /** Time left, more than 0. */
  years: number
  /** A fraction a year. */
  volatility: number
  /** Interest, a fraction a year. */
  rate: number
  right: 'call' | 'put'
}

export function greeksOf(o: OptionTerms): { value: number; volatility: number; greeks: Greeks } {
  const root = Math.sqrt(o.years)
  const spread = o.volatility * root
  const d1 = (Math.log(o.price / o.strike) + (o.rate + (o.volatility * o.volatility) / 2) * o.years) / spread
  const d2 = d1 - spread
  const discounted = o.strike * Math.exp(-o.rate * o.years)
  const sign = o.right === 'call' ? 1 : -1
  const n1 = cumulative(sign * d1)
  const n2 = cumulative(sign * d2)
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI)
  const decay = (-o.price * density * o.volatility) / (2 * root) - sign * o.rate * discounted * n2
  return {
    value: Math.max(0, sign * (o.price * n1 - discounted * n2)),
    volatility: o.volatility,
    greeks: {
      delta: sign * n1,
      gamma: density / (o.price * spread),
      theta: decay / 365,
      vega: (o.price * density * root) / 100,
      rho: (sign * discounted * o.years * n2) / 100,
    },
  }
}

/** Standard normal distribution; Abramowitz and Stegun 26.2.17, wrong by less than 7.5e-8. */
function cumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly
  return x >= 0 ? 1 - upper : upper
}
