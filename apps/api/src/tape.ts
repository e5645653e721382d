// What is read from the database per call, with the checks that no type expresses.
import {
  type Db,
  type Instrument,
  readBars,
  readBarsRange,
  readCorporateActions,
  readInstrument,
  readSymbols,
  resolutionOf,
  searchInstruments,
} from '@onetape/db'
import { type Clock, venueOf } from '@onetape/market'
import { houseOrder } from '@onetape/providers'
import { withDeadline } from './deadline.ts'
import type { BarSeries, BarsQuery, FoundInstrument, InstrumentPage, LiveQuotes, TapeReads } from './ports.ts'

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
  const { timeframe, limit, points } = query
  const request = {
    instrumentId: instrument.id,
    timeframe,
    from: query.from ?? 0,
    // Open on the right, so that the bar of this very moment is inside.
    to: query.to ?? marketClock.now() + 1,
    venue: venueOf(instrument.assetClass),
    source: query.source,
    basis: query.basis,
    // A source that stood in for a while must not turn a long series into its few bars.
    sourceOrder: houseOrder[instrument.assetClass],
  }
  const series =
    points === undefined
      ? { ...(await readBars(db, { ...request, limit })), resolution: resolutionOf(timeframe) }
      : await readBarsRange(db, { ...request, points })
  return { key: instrument.key, timeframe, ...series }
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
