// Which instrument a name means: a key says it itself, a symbol is looked for among everything that has a price.
import { ASSET_CLASSES, type Clock, SECOND_US } from '@onetape/market'
import type { QuoteRow } from '../quote-row.ts'

export interface SymbolKeys {
  /** Keys of names in the order asked, each once, with the name that it was asked by; an unknown name is its own key. */
  of(names: readonly string[]): Map<string, string>
  keyOf(name: string): string
  /** Another number means that a symbol may mean another key now. */
  generation(): number
  clear(): void
}

/** Symbols change seldom; a new one is found by the next who asks for it. */
const GOOD_FOR_US = 60 * SECOND_US
const ANEW_AFTER_US = SECOND_US

export function createSymbolKeys(rows: () => readonly QuoteRow[], clock: Clock): SymbolKeys {
  let keys = new Map<string, string>()
  let madeAt = Number.NEGATIVE_INFINITY
  let generation = 0
  const make = (now: number) => {
    madeAt = now
    generation++
    keys = new Map()
    // Where two instruments bear one symbol, the first of this order is meant: equity before crypto.
    const ranked = [...rows()].sort(
      (a, b) => ASSET_CLASSES.indexOf(b.assetClass) - ASSET_CLASSES.indexOf(a.assetClass),
    )
    for (const { symbol, key } of ranked) keys.set(symbol, key)
  }
  const isOld = (now: number) => now - madeAt > GOOD_FOR_US
  const find = (name: string, now: number): string => {
    const known = keys.get(name)
    if (known !== undefined) return known
    if (name.includes(':')) return name
    const symbol = name.toUpperCase()
    if (!keys.has(symbol) && now - madeAt > ANEW_AFTER_US) make(now)
    return keys.get(symbol) ?? symbol
  }
  return {
    of(names) {
      const now = clock.now()
      if (isOld(now)) make(now)
      const wanted = new Map<string, string>()
      for (const name of names) {
        const key = find(name, now)
        if (!wanted.has(key)) wanted.set(key, name)
      }
      return wanted
    },
    keyOf: (name) => find(name, clock.now()),
    generation() {
      const now = clock.now()
      if (isOld(now)) make(now)
      return generation
    },
    clear() {
      keys = new Map()
      madeAt = Number.NEGATIVE_INFINITY
    },
  }
}
