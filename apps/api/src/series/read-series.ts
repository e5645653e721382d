// A series of the tape as a reader asked for it: stored so, or converted to the basis that they want.
import { type Db, type Instrument, readBars, readBarsRange, resolutionOf } from '@onetape/db'
import { type Basis, type Micros, venueOf } from '@onetape/market'
import { houseOrder } from '@onetape/providers'
import type { BarSeries, BarsQuery } from '../ports.ts'
import { BasisConversion } from './basis-conversion.ts'

interface SeriesDeps {
  db: Db
  instrument: Instrument
  marketNow: Micros
}

export async function readSeries(deps: SeriesDeps, query: BarsQuery): Promise<BarSeries> {
  const { basis } = query
  if (basis === undefined) return asStored(await readStored(deps, query, { basis: query.stored }))
  const conversion = new BasisConversion(deps, basis)
  const series = await readStored(deps, query, { basis: query.stored, rather: basis, conversion })
  const bars = await ofIntraday(series, conversion)
  if (conversion.refused === null) {
    const { converted, cut } = conversion
    return { ...asStored(series), bars, cut, converted, basis: series.basis && basis }
  }
  // Few bars that a source stores so are more than none.
  const stored = await readStored(deps, query, { basis })
  if (stored.bars.length > 0) return asStored(stored)
  const refused = { basis, why: conversion.refused }
  return { ...asStored(await readStored(deps, query, { basis: query.stored })), refused }
}

type StoredSeries = Omit<BarSeries, 'stored' | 'converted' | 'refused' | 'cut'>

const asStored = (series: StoredSeries): BarSeries => ({
  ...series,
  stored: series.basis,
  converted: null,
  refused: null,
  cut: null,
})

/** Days were converted before longer bars were made of them. */
async function ofIntraday(series: StoredSeries, conversion: BasisConversion) {
  const { bars, source, basis, resolution } = series
  if (resolution.lengthUs === null || source === null || basis === null) return bars
  return await conversion.intraday(bars, { source, basis, lengthUs: resolution.lengthUs })
}

async function readStored(
  { db, instrument, marketNow }: SeriesDeps,
  query: BarsQuery,
  o: { basis?: Basis | undefined; rather?: Basis; conversion?: BasisConversion },
): Promise<StoredSeries> {
  const { timeframe, limit, points } = query
  const request = {
    instrumentId: instrument.id,
    timeframe,
    from: query.from ?? 0,
    // Open on the right, so that the bar of this very moment is inside.
    to: query.to ?? marketNow + 1,
    venue: venueOf(instrument.assetClass),
    source: query.source,
    basis: o.basis,
    rather: o.rather,
    convertDays: o.conversion?.days,
    // A source that stood in for a while must not turn a long series into its few bars.
    sourceOrder: houseOrder[instrument.assetClass],
  }
  const series =
    points === undefined
      ? { ...(await readBars(db, { ...request, limit })), resolution: resolutionOf(timeframe) }
      : await readBarsRange(db, { ...request, points })
  return { key: instrument.key, timeframe, ...series }
}
