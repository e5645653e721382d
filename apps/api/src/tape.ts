// What is read from the database per call, with the checks that no type expresses.
import {
  type Db,
  type Instrument,
  readCorporateActions,
  readInstrument,
  readSymbols,
  searchInstruments,
} from '@onetape/db'
import { type Clock, venueOf } from '@onetape/market'
import { withDeadline } from './deadline.ts'
import type { BarSeries, BarsQuery, FoundInstrument, InstrumentPage, LiveQuotes, TapeReads } from './ports.ts'
import { readSeries } from './series/read-series.ts'

export interface TapeDeps {
  db: Db
  marketClock: Clock
  quotes: Pick<LiveQuotes, 'quote'>
}

const ANSWER_WITHIN_MS = 10_000

export function tapeReads(deps: TapeDeps): TapeReads {
  const bounded =
    <A, R>(ask: (deps: TapeDeps, request: A) => Promise<R>) =>
    (request: A) =>
      withDeadline(ask(deps, request), ANSWER_WITHIN_MS)
  return { bars: bounded(bars), search: bounded(search), instrument: bounded(instrumentPage) }
}

async function bars({ db, marketClock }: TapeDeps, query: BarsQuery): Promise<BarSeries | null> {
  const instrument = await readInstrument(db, query.key)
  if (!instrument) return null
  return await readSeries({ db, instrument, marketNow: marketClock.now() }, query)
}

async function search(
  { db }: TapeDeps,
  request: { text: string; limit: number },
): Promise<FoundInstrument[]> {
  const found = await searchInstruments(db, request)
  return found.map((i) => ({
    ...identity(i),
    ...(i.pastSymbols.length > 0 && { pastSymbols: i.pastSymbols }),
  }))
}

async function instrumentPage({ db, quotes }: TapeDeps, key: string): Promise<InstrumentPage | null> {
  const instrument = await readInstrument(db, key)
  if (!instrument) return null
  const [symbols, actions] = await Promise.all([
    readSymbols(db, instrument.id),
    readCorporateActions(db, instrument.id),
  ])
  return {
    ...identity(instrument),
    currency: instrument.currency,
    venue: venueOf(instrument.assetClass),
    symbols,
    actions: actions.map(({ kind, exDate, ratio, amount, source }) => ({
      kind,
      exDate,
      ratio,
      amount,
      source,
    })),
    quote: quotes.quote(instrument.key),
  }
}

const identity = ({ key, symbol, assetClass, name }: Instrument) => ({ key, symbol, assetClass, name })
