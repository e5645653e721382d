import { barStart, type IntradayTimeframe, isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import type { LatestPrice } from './latest-of.ts'
import type { Offer, SeriesChoice } from './series.ts'

export type IntradayChoice = SeriesChoice & { timeframe: IntradayTimeframe }

// Each look is one step into a primary key, from its newest end.
const NEWEST = `select max(n.ts) as ts from (
  select n.ts from unnest($4::timeframe[]) as t (timeframe) cross join lateral (
    select ts from market_data_bars
    where instrument_id = $1 and timeframe = t.timeframe and ts >= $2 and ts < $3 order by ts desc limit 1) n
  union all
  select n.ts from sources s cross join lateral (
    select ts from market_data_ticks
    where instrument_id = $1 and source_id = s.id and ts >= $2 and ts < $3 order by ts desc limit 1) n
) n`

const OFFERS = `select s.id as source_id, s.name as source, n.ts, n.basis, n.write_id, n.kind
from sources s cross join lateral (
  select b.ts, b.basis, b.write_id, t.timeframe::text as kind
  from unnest($4::timeframe[]) as t (timeframe) cross join lateral (
    select ts, basis, write_id from market_data_bars
    where instrument_id = $1 and timeframe = t.timeframe and source_id = s.id and ts >= $2 and ts < $3
      and ($5::basis is null or basis = $5)
    order by ts desc limit 1) b
  union all
  (select ts, 'raw', write_id, 'tick' from market_data_ticks
   where instrument_id = $1 and source_id = s.id and ts >= $2 and ts < $3 order by ts desc limit 1)
) n
where $6::text is null or s.name = $6`

export async function newestEvent(
  db: Db,
  o: IntradayChoice,
  stored: readonly IntradayTimeframe[],
): Promise<Micros | null> {
  const { rows } = await db.pool.query(NEWEST, [
    o.instrumentId,
    isoFromMicros(o.from),
    isoFromMicros(o.to),
    `{${stored.join(',')}}`,
  ])
  return rows[0].ts
}

/** One offer per source: its bars' basis (ticks are raw), and the newest bar that it can make. */
export async function intradayOffers(
  db: Db,
  o: IntradayChoice,
  {
    stored,
    live,
    only,
  }: {
    stored: readonly IntradayTimeframe[]
    live: LatestPrice | null /** One source alone. */
    only?: string
  },
): Promise<Offer[]> {
  const { rows } = await db.pool.query(OFFERS, [
    o.instrumentId,
    isoFromMicros(o.from),
    isoFromMicros(o.to),
    `{${stored.join(',')}}`,
    o.basis ?? null,
    only ?? null,
  ])
  if (live)
    rows.push({
      source_id: live.sourceId,
      source: live.source,
      ts: live.ts,
      basis: 'raw',
      write_id: live.writeId,
      kind: 'tick',
    })
  const offers = new Map<string, Offer & { fromBars: boolean }>()
  // Bars first, the newest first: they say which bases there are; ticks only how new the source is.
  rows.sort((a, b) => Number(a.kind === 'tick') - Number(b.kind === 'tick') || b.ts - a.ts)
  for (const { source_id: sourceId, source, ts, basis, write_id: writeId, kind } of rows) {
    const newest = barStart(ts, o.timeframe)
    const own = [...offers.values()].filter((offer) => offer.sourceId === sourceId)
    if (kind === 'tick' && own.length > 0) {
      for (const offer of own) raise(offer, newest, writeId)
      continue
    }
    const same = own.find((offer) => offer.basis === basis)
    if (same) raise(same, newest, writeId)
    // Which basis has the most bars is not known without reading them: the one of the newest bar goes first.
    else
      offers.set(`${sourceId} ${basis}`, {
        sourceId,
        source,
        basis,
        newest,
        bars: -own.length,
        writeId,
        fromBars: kind !== 'tick',
      })
  }
  return [...offers.values()]
}

function raise(offer: Offer, newest: Micros, writeId: number): void {
  if (newest < offer.newest) return
  offer.newest = newest
  offer.writeId = Math.max(offer.writeId, writeId)
}
