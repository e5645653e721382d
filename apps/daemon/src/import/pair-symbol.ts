/** Currencies that crypto and forex pairs are quoted in, longest first so that USDT wins over a T-something. */
const QUOTE_CURRENCIES = [
  'USDT',
  'USDC',
  'USD',
  'EUR',
  'GBP',
  'JPY',
  'CHF',
  'CAD',
  'AUD',
  'NZD',
  'BTC',
  'ETH',
  'DAI',
  'BRL',
  'TRY',
  'SGD',
]

export const isCurrency = (code: string): boolean => QUOTE_CURRENCIES.includes(code)

/** `btcusd`, `BTC-USD` or `btc/usd` to the house's `BTC-USD`; null when it is no pair. */
export function pairSymbol(ticker: string): string | null {
  const text = ticker.toUpperCase()
  const parts = text.split(/[-/]/)
  if (parts.length === 2 && parts[0] && isCurrency(parts[1]!)) return `${parts[0]}-${parts[1]}`
  if (parts.length !== 1) return null
  const quote = QUOTE_CURRENCIES.find((c) => text.endsWith(c) && text.length > c.length + 1)
  return quote ? `${text.slice(0, -quote.length)}-${quote}` : null
}
