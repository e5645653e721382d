// The pairs that trade round the clock. symbol | name | price at the anchor date | coins a day | daily volatility % |
// growth % a year | price steps in a dollar | lots in a coin (the vendor's increments, but a day of them stays far
// below 2^53, so that volumes are exact) | first trading date
const TABLE = `
BTC-USD|Bitcoin|98400|11000|2.4|55|100|100000000|2015-07-20
ETH-USD|Ethereum|3420|160000|3.4|60|100|100000000|2016-05-18
SOL-USD|Solana|168.4|1900000|4.2|50|100|100000000|2021-06-17
XRP-USD|XRP|2.284|110000000|4|35|10000|1000000|2019-02-26
ADA-USD|Cardano|0.5874|90000000|4.2|30|10000|1000000|2021-03-18
DOGE-USD|Dogecoin|0.17412|620000000|4.7|40|100000|10|2021-06-03
AVAX-USD|Avalanche|18.62|2100000|4.5|20|100|100000000|2021-09-30
LINK-USD|Chainlink|15.284|2400000|4.2|35|1000|100|2019-06-27
LTC-USD|Litecoin|96.84|420000|3.4|20|100|100000000|2016-08-17
DOT-USD|Polkadot|3.041|2200000|4.3|10|1000|100000000|2021-06-16
BCH-USD|Bitcoin Cash|512.3|21000|3.6|15|100|100000000|2017-12-20
UNI-USD|Uniswap|7.284|1300000|4.6|20|1000|1000000|2020-09-17
`

export interface CryptoPair {
  symbol: string
  name: string
  price: number
  volume: number
  volatility: number
  growth: number
  stepsPerDollar: number
  lotsPerUnit: number
  listed: string
}

export const CRYPTO_PAIRS: readonly CryptoPair[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [symbol, name, price, volume, volatility, growth, steps, lots, listed] = line.split('|')
    return {
      symbol: symbol!,
      name: name!,
      price: Number(price),
      volume: Number(volume),
      volatility: Number(volatility) / 100,
      growth: Number(growth) / 100,
      stepsPerDollar: Number(steps),
      lotsPerUnit: Number(lots),
      listed: listed!,
    }
  })
