// The tape as the router's last resort: what it holds of a symbol, with its age.
import { type Db, readBars, readCorporateActions } from '@onetape/db'
import {
  type Bar,
  type Clock,
  type CorporateAction,
  type SymbolRef,
  sessionDateOf,
  venueOf,
} from '@onetape/market'
import { houseOrder, type TapePort, type TapeSnapshot } from '@onetape/providers'
import type { LiveQuotes } from '../ports.ts'
import type { QuoteRow } from '../quote-row.ts'
import type { InstrumentBook } from './instrument-book.ts'

export interface TapePortDeps {
  db: Db
  book: InstrumentBook
  quotes: Pick<LiveQuotes, 'quote'>
  marketClock: Clock
}

/** A chart's worth; whoever wants more asks for a shorter range. */
const BARS_MAX = 50_000

export function tapePort({ db, book, quotes, marketClock }: TapePortDeps): TapePort {
  return {
    async snapshots(refs) {
      const found = await Promise.all(refs.map((ref) => book.byRef(ref)))
      const rows = found.map((instrument) => instrument && quotes.quote(instrument.key))
      return rows.flatMap((row, i) => (row ? [snapshotOf(refs[i]!, row, marketClock.now())] : []))
    },

    async bars({ ref, timeframe, from, to, basis }) {
      const instrument = await book.byRef(ref)
      if (!instrument) return null
      const venue = venueOf(ref.assetClass)
      const series = await readBars(db, {
        instrumentId: instrument.id,
        ...{ timeframe, from, to, limit: BARS_MAX, venue, basis },
        sourceOrder: houseOrder[ref.assetClass],
      })
      if (!series.source || !series.basis) return null
      const { source } = series
      const common = { ...ref, timeframe, basis: series.basis, feed: series.feed ?? source }
      const bars = series.bars.map(
        (bar): Bar => ({ ...bar, ...common, sessionDate: sessionDateOf(venue, bar.ts) }),
      )
      return {
        source,
        basis: series.basis,
        feed: common.feed,
        currency: instrument.currency,
        bars,
        fetchedAt: marketClock.now(),
      }
    },

    async actions(ref, from, to) {
      const instrument = await book.byRef(ref)
      if (!instrument) return null
      const all = await readCorporateActions(db, instrument.id)
      // The source that tells most; two sources are never put together.
      const [best] = [...Map.groupBy(all, (a) => a.source)].sort((a, b) => b[1].length - a[1].length)
      if (!best) return null
      const [source, rows] = best
      const actions = rows
        .filter((a) => a.exDate >= from && a.exDate < to)
        .flatMap(({ kind, exDate, ratio, amount, currency }): CorporateAction[] => {
          if (kind === 'split') return ratio === null ? [] : [{ ...ref, kind, exDate, ratio }]
          return amount === null
            ? []
            : [{ ...ref, kind, exDate, amount, currency: currency ?? instrument.currency }]
        })
      return { source, actions }
    },
  }
}

export const isStale = (row: QuoteRow, now: number): boolean =>
  row.staleAfterUs !== null && now - row.ts > row.staleAfterUs

function snapshotOf(ref: SymbolRef, row: QuoteRow, now: number): TapeSnapshot {
  const { last, dayOpen: open, dayHigh: high, dayLow: low, volume } = row
  const hasDay = open !== null && high !== null && low !== null && last !== null
  return {
    source: row.source,
    fetchedAt: row.fetchedAt,
    stale: isStale(row, now),
    snapshot: {
      quote: {
        ...ref,
        ts: row.ts,
        tsOrigin: row.tsOrigin,
        last,
        bid: row.bid,
        ask: row.ask,
        bidSize: row.bidSize,
        askSize: row.askSize,
        volume,
        feed: row.feed,
        delayedMinutes: row.delayedMinutes,
        currency: row.currency,
      },
      minuteBar: null,
      day: hasDay ? { open, high, low, close: last, volume } : null,
      sessionDate: row.sessionDate,
      previousClose: row.previousClose,
    },
  }
}
