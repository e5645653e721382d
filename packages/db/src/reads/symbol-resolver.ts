import type { SymbolRef } from '@onetape/market'
import { eq } from 'drizzle-orm'
import type { Db } from '../connect.ts'
import { HOUSE, type Instrument, type SymbolSpan } from '../instrument.ts'
import { instrumentSymbols } from '../schema/index.ts'
import { readInstruments } from './read-instruments.ts'

export interface SymbolResolver {
  /** Whom a symbol named on a session date; null when nobody. */
  resolve(ref: SymbolRef, sessionDate: string): Instrument | null
  /** Everybody who ever bore a symbol, and when; whoever took it last comes first. */
  bearers(ref: SymbolRef): readonly SymbolBearer[]
  /** Reads the names again, e.g. after instruments were minted or renamed. */
  refresh(): Promise<void>
}

export type SymbolBearer = SymbolSpan & { instrument: Instrument }

/** Names in memory: a batch of 8,000 symbols is resolved without a query. */
export async function symbolResolver(db: Db): Promise<SymbolResolver> {
  let names = await readNames(db)
  return {
    resolve(ref, sessionDate) {
      const spans = names.get(nameOf(ref))
      return spans?.find((s) => covers(s, sessionDate))?.instrument ?? null
    },
    bearers: (ref) => names.get(nameOf(ref)) ?? [],
    async refresh() {
      names = await readNames(db)
    },
  }
}

async function readNames(db: Db): Promise<Map<string, SymbolBearer[]>> {
  const byId = new Map((await readInstruments(db)).map((i) => [i.id, i]))
  const rows = await db.drizzle.select().from(instrumentSymbols).where(eq(instrumentSymbols.provider, HOUSE))
  const names = new Map<string, SymbolBearer[]>()
  for (const row of rows) {
    const instrument = byId.get(row.instrumentId)
    if (!instrument) continue // minted between the two reads; the next refresh has it
    const name = nameOf(row)
    const spans = names.get(name)
    if (spans) spans.push({ ...row, instrument })
    else names.set(name, [{ ...row, instrument }])
  }
  for (const spans of names.values()) spans.sort(youngestFirst)
  return names
}

const nameOf = (ref: SymbolRef) => `${ref.assetClass} ${ref.symbol}`
const covers = (s: SymbolSpan, date: string) =>
  (s.validFrom === null || s.validFrom <= date) && (s.validTo === null || date <= s.validTo)

/** Where two instruments claim a name for the same day, whoever took it last has it. */
const youngestFirst = (a: SymbolBearer, b: SymbolBearer) =>
  (a.validFrom ?? '') < (b.validFrom ?? '')
    ? 1
    : (a.validFrom ?? '') > (b.validFrom ?? '')
      ? -1
      : b.instrument.id - a.instrument.id
