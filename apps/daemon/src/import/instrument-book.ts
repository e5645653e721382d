// Who bore a symbol on a day. A ticker is reused: `FB` named another company before Facebook was listed, and that
// company's rows must not land on Facebook. Instruments that nobody bears yet are minted here.
import {
  type Db,
  type Instrument,
  mintInstruments,
  readInstrument,
  readSymbols,
  renameInstrument,
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
  const current = (ref: SymbolRef): Instrument | null => resolver.resolve(ref, FAR_DATE)

  const mint = async (
    ref: SymbolRef,
    date: string,
  ): Promise<{ instrument: Instrument; minted: string | null }> => {
    const later = await nextBearing(ref, date)
    const plain = instrumentKey(ref)
    const reused = later !== null || (await readInstrument(db, plain))?.key === plain
    const validTo = later && addDays(later.from, -1)
    const span = reused ? { validFrom: date, validTo, listedOn: date } : {}
    const key = reused ? instrumentKey(ref, date) : plain
    const [instrument] = await mintInstruments(db, [{ ref, key, ...span }])
    await resolver.refresh()
    const since = reused ? ` from ${date}` : ''
    const until = later ? ` to ${validTo}; after that the symbol is ${later.key}` : ''
    return { instrument: instrument!, minted: `${key} was minted for ${ref.symbol}${since}${until}` }
  }

  /** Since when a later bearer has the symbol, or null when nobody ever will. */
  const nextBearing = async (ref: SymbolRef, date: string): Promise<{ key: string; from: string } | null> => {
    const bearer = current(ref)
    if (!bearer) return null
    const spans = (await readSymbols(db, bearer.id)).filter(
      (s) => s.symbol === ref.symbol && s.validFrom !== null,
    )
    const from = spans
      .map((s) => s.validFrom!)
      .filter((f) => f > date)
      .sort()[0]
    return from ? { key: bearer.key, from } : null
  }

  return {
    current,
    async bearer(ref, date) {
      const instrument = resolver.resolve(ref, date)
      return instrument ? { instrument, minted: null } : mint(ref, date)
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
        await makeRoom(db, resolver, instrument.id, spans)
        await renameInstrument(db, { instrumentId: instrument.id, symbols: spans })
        await resolver.refresh()
      }
      return { instrument, inserted: missing.length, duplicate: spans.length - missing.length }
    },
  }
}

const sameSpan = (a: SymbolSpan, b: SymbolSpan): boolean =>
  a.symbol === b.symbol && a.validFrom === b.validFrom && a.validTo === b.validTo

type Resolver = Awaited<ReturnType<typeof symbolResolver>>

/**
 * A name that this instrument bore in the past may be borne by another today, minted when nobody knew of the past
 * (`GOOG` was the class A share until 2014-04-02): its span then begins after ours ends.
 */
async function makeRoom(
  db: Db,
  resolver: Resolver,
  instrumentId: number,
  spans: readonly SymbolSpan[],
): Promise<void> {
  for (const span of spans) {
    if (span.validTo === null) continue
    const other = resolver.resolve({ assetClass: 'equity', symbol: span.symbol }, FAR_DATE)
    if (!other || other.id === instrumentId) continue
    const theirs = await readSymbols(db, other.id)
    const from = addDays(span.validTo, 1)
    const clash = (s: SymbolSpan) =>
      s.symbol === span.symbol && s.validTo === null && (s.validFrom ?? '') < from
    if (!theirs.some(clash)) continue
    const symbols = theirs.map((s) => (clash(s) ? { ...s, validFrom: from } : s))
    await renameInstrument(db, { instrumentId: other.id, symbols })
  }
}
