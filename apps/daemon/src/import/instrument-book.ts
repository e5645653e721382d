// Who bore a symbol on a day. A ticker is reused: `FB` named another company before Facebook was listed, and that
// company's rows must not land on Facebook. Instruments that nobody bears yet are minted here.
import {
  type Db,
  type Instrument,
  mintInstruments,
  readInstrument,
  readSymbols,
  renameInstrument,
  type SymbolResolver,
  type SymbolSpan,
  symbolResolver,
} from '@onetape/db'
import { addDays, instrumentKey, type SymbolRef } from '@onetape/market'
import type { NameHistory } from './lean-map.ts'

export interface InstrumentBook {
  /** The instrument that a symbol named on a trading date; minted when there is none. */
  bearer(ref: SymbolRef, date: string): Promise<{ instrument: Instrument; minted: string | null }>
  /** The instrument that a symbol names today, or null. */
  current(ref: SymbolRef): Instrument | null
  /** Stores a name history. Counts names. */
  applyNames(history: NameHistory): Promise<{ instrument: Instrument; inserted: number; duplicate: number }>
}

/** Further than any listing: the date on which only open spans hold. */
const FAR_DATE = '9999-12-31'

export async function openInstrumentBook(db: Db): Promise<InstrumentBook> {
  const resolver = await symbolResolver(db)
  return {
    current: (ref) => resolver.resolve(ref, FAR_DATE),
    async bearer(ref, date) {
      const instrument = resolver.resolve(ref, date)
      return instrument ? { instrument, minted: null } : mintBearer(db, resolver, { ref, date })
    },
    async applyNames({ listedOn, spans }) {
      const last = spans.at(-1)!
      const ref: SymbolRef = { assetClass: 'equity', symbol: last.symbol }
      const known = resolver.resolve(ref, last.validTo ?? FAR_DATE)
      const [minted] = known
        ? [known]
        : await mintInstruments(db, [{ ref, listedOn, validFrom: last.validFrom, validTo: last.validTo }])
      const instrument = minted!
      const before = known ? await readSymbols(db, instrument.id) : []
      const missing = spans.filter((s) => !before.some((b) => sameSpan(b, s)))
      if (missing.length > 0) {
        await makeRoom(db, resolver, { instrument, spans })
        await renameInstrument(db, { instrumentId: instrument.id, symbols: spans })
        await resolver.refresh()
      }
      return { instrument, inserted: missing.length, duplicate: spans.length - missing.length }
    },
  }
}

/** Nobody bore the symbol on this day: an earlier or later bearer of a reused ticker, or one that is new to us. */
async function mintBearer(
  db: Db,
  resolver: SymbolResolver,
  { ref, date }: { ref: SymbolRef; date: string },
): Promise<{ instrument: Instrument; minted: string }> {
  const next = resolver.bearers(ref).findLast((b) => b.validFrom !== null && b.validFrom > date)
  const plain = instrumentKey(ref)
  const reused = next !== undefined || (await readInstrument(db, plain))?.key === plain
  const validTo = next ? addDays(next.validFrom!, -1) : null
  const span = reused ? { validFrom: date, validTo, listedOn: date } : {}
  const key = reused ? instrumentKey(ref, date) : plain
  const [instrument] = await mintInstruments(db, [{ ref, key, ...span }])
  await resolver.refresh()
  const since = reused ? ` from ${date}` : ''
  const until = next ? ` to ${validTo}; after that ${ref.symbol} is ${next.instrument.key}` : ''
  return { instrument: instrument!, minted: `${key} was minted for ${ref.symbol}${since}${until}` }
}

const sameSpan = (a: SymbolSpan, b: SymbolSpan): boolean =>
  a.symbol === b.symbol && a.validFrom === b.validFrom && a.validTo === b.validTo

/**
 * A name that this instrument bore in the past may be borne by another today, minted when nobody knew of the past
 * (`GOOG` was the class A share until 2014-04-02): its span then begins after ours ends.
 */
async function makeRoom(
  db: Db,
  resolver: SymbolResolver,
  { instrument, spans }: { instrument: Instrument; spans: readonly SymbolSpan[] },
): Promise<void> {
  for (const { symbol, validTo } of spans) {
    const clash = (s: SymbolSpan) =>
      s.symbol === symbol && s.validTo === null && (s.validFrom ?? '') <= validTo!
    const others = resolver
      .bearers({ assetClass: 'equity', symbol })
      .filter((b) => b.instrument.id !== instrument.id)
    for (const other of validTo === null ? [] : others.filter(clash)) {
      const names = await readSymbols(db, other.instrument.id)
      const symbols = names.map((s) => (clash(s) ? { ...s, validFrom: addDays(validTo!, 1) } : s))
      await renameInstrument(db, { instrumentId: other.instrument.id, symbols })
    }
  }
}
