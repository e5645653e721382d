// Instruments by key and by symbol, in memory: a routed question waits for the vendor, not for a lookup.
import { type Db, type Instrument, readInstrument, type SymbolResolver, symbolResolver } from '@onetape/db'
import { type Clock, type SymbolRef, sessionDateOf, venueOf } from '@onetape/market'

const FRESH_US = 60_000_000

export interface InstrumentBook {
  byKey(key: string): Promise<Instrument | null>
  byRef(ref: SymbolRef): Promise<Instrument | null>
}

export function createInstrumentBook(
  db: Db,
  clocks: { wallClock: Clock; marketClock: Clock },
): InstrumentBook {
  const known = new Map<string, Instrument>()
  let resolver: Promise<SymbolResolver> | null = null
  let readAt = 0
  const names = () => {
    const now = clocks.wallClock.now()
    if (!resolver || now - readAt > FRESH_US) {
      readAt = now
      known.clear()
      const reading = symbolResolver(db)
      resolver = reading
      reading.catch(() => {
        if (resolver === reading) resolver = null
      })
    }
    return resolver
  }
  return {
    async byKey(key) {
      const held = known.get(key)
      if (held) return held
      const instrument = await readInstrument(db, key)
      if (instrument) known.set(key, instrument)
      return instrument
    },
    async byRef(ref) {
      const date = sessionDateOf(venueOf(ref.assetClass), clocks.marketClock.now())
      return (await names()).resolve(ref, date)
    },
  }
}
