// The ways in which people and other programs write a symbol, as the tape may know it. Pure.
import { isInstrumentKey } from '@onetape/market'

/** Spellings to look for, the likeliest first: `NASDAQ:AAPL`, `$aapl`, `BTC/USD`, `BRK-B`. */
export function nameForms(text: string): string[] {
  const name = text.trim()
  const upper = name.toUpperCase()
  const [scope, ...rest] = name.split(':')
  const keyed = [scope!.toLowerCase(), ...rest.map((part) => part.toUpperCase())].join(':')
  // A key says whom it means, and nobody else.
  if (isInstrumentKey(keyed)) return [keyed]
  const bare = upper.slice(upper.lastIndexOf(':') + 1).replace(/^\$/, '')
  const forms = [name, upper, bare, bare.replace('/', '-'), bare.replace('-', '.'), bare.replace('/', '.')]
  return [...new Set(forms)].filter((form) => form !== '' && !form.includes(':'))
}
