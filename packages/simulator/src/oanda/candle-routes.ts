// Candles of one instrument, and the latest ones of many.
import type { Micros } from '@onetape/market'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Ohlc } from '../market/fx-sides.ts'
import type { Listing } from '../market/listing.ts'
import { queryText, type Simulation, type VendorRequest } from '../simulation.ts'
import { answered, invalidValue, refused } from './answers.ts'
import { alignmentOf, type CandleAsk, candleAsk, type PriceSides, sidesOf } from './candle-ask.ts'
import { type CandleSource, candlesBefore, candlesBetween, type OandaCandle, smoothed } from './candles.ts'
import { type DateTimeFormat, dateTimeText, formatOf } from './date-time.ts'
import { windowsOf } from './granularity.ts'
import { instrumentOf, listingOf, priceText } from './instrument.ts'

/** The one that is complete and the one that still dances. */
const LATEST = 2

export function candleRoutes(app: FastifyInstance, { clock }: Simulation): void {
  const ofInstrument = async (request: VendorRequest, reply: FastifyReply) =>
    instrumentCandles(request, reply, clock.now())
  app.get('/v3/instruments/:instrument/candles', async (request, reply) =>
    ofInstrument(request as VendorRequest, reply),
  )
  app.get('/v3/accounts/:account/instruments/:instrument/candles', async (request, reply) =>
    ofInstrument(request as VendorRequest, reply),
  )
  app.get('/v3/accounts/:account/candles/latest', async (request, reply) =>
    latestCandles(request as VendorRequest, reply, clock.now()),
  )
}

function instrumentCandles(request: VendorRequest, reply: FastifyReply, now: Micros): FastifyReply {
  const listing = listingOf(request.market, request.params.instrument ?? '')
  if (!listing) return invalidValue(reply, 'instrument')
  const ask = candleAsk(request, now)
  if (typeof ask === 'string') return refused(reply, { status: 400, message: ask })
  const { windows, alignment } = ask
  const rows = rowsOf({ market: request.market, listing, windows, alignment, now }, ask, formatOf(request))
  return answered(request, reply, {
    instrument: instrumentOf(listing),
    granularity: ask.granularity,
    candles: spoiled(request, rows),
  })
}

function rowsOf(source: CandleSource, ask: CandleAsk, format: DateTimeFormat): unknown[] {
  let candles = candlesAsked(source, ask)
  const first = candles[0]
  if (ask.smooth && first) candles = smoothed(candles, candlesBefore(source, first.start, 1)[0] ?? null)
  return candles.map((candle) => row(source.listing, candle, { sides: ask.sides, format }))
}

function candlesAsked(source: CandleSource, { from, to, count, includeFirst }: CandleAsk): OandaCandle[] {
  const { windows, now } = source
  const end = to ?? now + 1
  if (from === null) return candlesBefore(source, end, count)
  const covering = windows.startOf(from)
  const found: OandaCandle[] = []
  for (const candle of candlesBetween(source, includeFirst ? covering : windows.after(covering), end)) {
    found.push(candle)
    if (found.length === count) break
  }
  return found
}

/** `EUR_USD:M1:BA,EUR_CHF:M5:M` */
function latestCandles(request: VendorRequest, reply: FastifyReply, now: Micros): FastifyReply {
  const alignment = alignmentOf(request)
  if (typeof alignment === 'string') return refused(reply, { status: 400, message: alignment })
  const latest: unknown[] = []
  for (const specification of (queryText(request, 'candleSpecifications') ?? '').split(',')) {
    const [instrument = '', granularity = '', price = 'M'] = specification.split(':')
    const listing = listingOf(request.market, instrument)
    const windows = windowsOf(granularity, alignment)
    const sides = sidesOf(price)
    if (!listing || !windows || !sides) return invalidValue(reply, 'candleSpecifications')
    const source = { market: request.market, listing, windows, alignment, now }
    const candles = candlesBefore(source, now + 1, LATEST).map((candle) =>
      row(listing, candle, { sides, format: formatOf(request) }),
    )
    latest.push({ instrument: instrumentOf(listing), granularity, candles: spoiled(request, candles) })
  }
  return answered(request, reply, { latestCandles: latest })
}

function row(
  listing: Listing,
  candle: OandaCandle,
  { sides, format }: { sides: PriceSides; format: DateTimeFormat },
): Record<string, unknown> {
  const prices = ({ open, high, low, close }: Ohlc) => ({
    o: priceText(listing, open),
    h: priceText(listing, high),
    l: priceText(listing, low),
    c: priceText(listing, close),
  })
  return {
    complete: candle.complete,
    volume: candle.volume,
    time: dateTimeText(candle.start, format),
    ...(sides.bid && { bid: prices(candle.bid) }),
    ...(sides.mid && { mid: prices(candle.mid) }),
    ...(sides.ask && { ask: prices(candle.ask) }),
  }
}

function spoiled({ rowFault }: VendorRequest, rows: unknown[]): unknown[] {
  if (rowFault === 'empty') return []
  if (rowFault !== 'malformed_row' || rows.length === 0) return rows
  return rows.with(Math.floor(rows.length / 2), {
    complete: 'soon',
    volume: null,
    time: 'n/a',
    mid: { o: 1 },
  })
}
