// The currency pairs. symbol | name | price at the anchor date | price updates a day | daily volatility % | growth %
// a year | price steps in one unit of the quote currency | usual spread in steps
const MAJORS = `
EUR-USD|Euro / US Dollar|1.1522|112000|0.44|0.4|100000|14
GBP-USD|Pound Sterling / US Dollar|1.3134|96000|0.5|0.2|100000|18
USD-JPY|US Dollar / Japanese Yen|156.84|118000|0.56|1.6|1000|16
USD-CHF|US Dollar / Swiss Franc|0.8062|52000|0.47|-1.2|100000|16
AUD-USD|Australian Dollar / US Dollar|0.6487|58000|0.58|-0.4|100000|14
USD-CAD|US Dollar / Canadian Dollar|1.4046|54000|0.4|0.5|100000|18
NZD-USD|New Zealand Dollar / US Dollar|0.5629|41000|0.6|-0.5|100000|18
USD-MXN|US Dollar / Mexican Peso|18.4216|21000|0.72|1.8|100000|420
`

// A cross stands where its two legs say: the first times the second, or divided by it.
// symbol | name | first leg | x or / | second leg | updates a day | daily volatility % | steps | spread in steps
const CROSSES = `
EUR-GBP|Euro / Pound Sterling|EUR-USD|/|GBP-USD|47000|0.36|100000|16
EUR-JPY|Euro / Japanese Yen|EUR-USD|x|USD-JPY|99000|0.58|1000|22
GBP-JPY|Pound Sterling / Japanese Yen|GBP-USD|x|USD-JPY|108000|0.64|1000|32
EUR-CHF|Euro / Swiss Franc|EUR-USD|x|USD-CHF|38000|0.34|100000|20
`

export interface FxPair {
  symbol: string
  name: string
  price: number
  volume: number
  volatility: number
  growth: number
  stepsPerDollar: number
  spreadSteps: number
  /** Symbols of the pairs that it is made of, and how; null for one that stands for itself. */
  legs: { first: string; second: string; divided: boolean } | null
}

const majors: FxPair[] = rows(MAJORS).map(
  ([symbol, name, price, volume, volatility, growth, steps, spread]) => ({
    symbol: symbol!,
    name: name!,
    price: Number(price),
    volume: Number(volume),
    volatility: Number(volatility) / 100,
    growth: Number(growth) / 100,
    stepsPerDollar: Number(steps),
    spreadSteps: Number(spread),
    legs: null,
  }),
)

const crosses: FxPair[] = rows(CROSSES).map(
  ([symbol, name, first, sign, second, volume, volatility, steps, spread]) => {
    const divided = sign === '/'
    const [a, b] = [first, second].map((leg) => majors.find((pair) => pair.symbol === leg)!) as [
      FxPair,
      FxPair,
    ]
    return {
      symbol: symbol!,
      name: name!,
      price: divided ? a.price / b.price : a.price * b.price,
      volume: Number(volume),
      volatility: Number(volatility) / 100,
      growth: 0,
      stepsPerDollar: Number(steps),
      spreadSteps: Number(spread),
      legs: { first: first!, second: second!, divided },
    }
  },
)

/** Majors first: a cross needs its legs. */
export const FX_PAIRS: readonly FxPair[] = [...majors, ...crosses]

/** Rates reach back this far. */
export const FX_LISTED = '2005-01-03'

function rows(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|'))
}
