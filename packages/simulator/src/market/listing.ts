/** A split: `to` new shares for `from` old ones, in force from the open of `date`. */
export interface Split {
  date: string
  from: number
  to: number
}

/** A cash dividend a share, without a right to it from `date` on. */
export interface Dividend {
  date: string
  amount: number
}

/** A cross rate is its first leg times its second, or divided by it. */
export interface Legs {
  first: Listing
  second: Listing
  divided: boolean
}

/** One thing that trades: what it is called, and the numbers that its prices are made of. */
export interface Listing {
  /** As the house writes it: `BRK.B`, `BTC-USD`. */
  symbol: string
  name: string
  kind: 'equity' | 'crypto' | 'fx'
  /** Market identifier code of the primary exchange (XNAS, XNYS, ARCX, BATS), or CBE and FX. */
  exchange: string
  /** Polygon's word: CS, ETF, ADRC, CRYPTO or FX. */
  type: string
  /** Price on the anchor date, on the share basis of that date. */
  price: number
  /** Units (shares, coins; price updates of a currency pair) of an average day. */
  volume: number
  /** Deviation of a day's move, as a fraction. */
  volatility: number
  /** Growth a year, as a logarithm. */
  growth: number
  /** First trading date, `YYYY-MM-DD`. */
  listed: string
  splits: readonly Split[]
  /** Cash a share and quarter at the anchor date; 0 for none. */
  quarterlyDividend: number
  /** Smallest step of volume, as steps in one unit: 1 for shares, 1e8 for BTC. */
  lotsPerUnit: number
  /** Price steps in one dollar (or other quote currency) for crypto and fx; equities follow their price. */
  stepsPerDollar: number | null
  /** Usual width of a dealer's spread in price steps; fx alone. */
  spreadSteps?: number
  /** The pairs that a cross rate follows; fx alone. */
  legs?: Legs
  /** Position in the universe. */
  index: number
  /** Word that all of its randomness starts from. */
  key: number
}
