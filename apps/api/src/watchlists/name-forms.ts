// The ways in which people and other programs write a symbol, as the tape may know it. Pure.
import { isInstrumentKey } from '@onetape/market'

/** Spellings to look for, the likeliest first: `NASDAQ:AAPL`, `$aapl`, `BTC/USD`, `BRK-B`. */
export function nameForms(text: string): string[] {
  const name = text.trim()
  const upper = name.toUpperCase()
  const keyed = name
    .replace(/^[a-z]+:/i, (kind) => kind.toLowerCase())
    .replace(/:[^:]*$/, (rest) => rest.toUpperCase())
  const bare = upper.slice(upper.lastIndexOf(':') + 1).replace(/^\$/, '')
  const forms = [
    name,
    keyed,
    upper,
    bare,
    bare.replace('/', '-'),
    bare.replace('-', '.'),
    bare.replace('/', '.'),
  ]
  return [...new Set(forms)].filter((form) => form !== '' && (!form.includes(':') || isInstrumentKey(form)))
}
