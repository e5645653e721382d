// How old a quote is, and whether that is older than it should be.
import type { BarSeries, QuoteRow } from '@onetape/api/router'
import {
  type AssetClass,
  MINUTE_US,
  type Micros,
  parseInstrumentKey,
  sessionAt,
  venueOf,
} from '@onetape/market'

export type Freshness = 'fresh' | 'delayed' | 'stale'

type Dated = Pick<QuoteRow, 'assetClass' | 'ts' | 'fetchedAt' | 'delayedMinutes' | 'staleAfterUs'>

/** Age of the event itself, by the vendor's clock. */
export const eventAge = (row: Pick<QuoteRow, 'ts'>, now: Micros): number => Math.max(0, now - row.ts)

/**
 * Stale: no word of it for longer than its tier allows, while its venue is in regular session. A feed that runs
 * fifteen minutes behind is not stale for that; and before the open nothing is owed, so the wait starts there.
 */
export const freshnessOf = (row: Dated, now: Micros): Freshness => {
  const state = judgeAt(now)(row)
  return state === 'stale' ? 'stale' : row.delayedMinutes > 0 ? 'delayed' : 'fresh'
}

export const QUOTE_STATES = ['live', 'delayed', 'stale', 'closed'] as const
/** What a reader may expect of a quote now. Closed: its venue is outside its regular session, so nothing is owed. */
export type QuoteState = (typeof QUOTE_STATES)[number]

type Judge = (row: Dated) => QuoteState
let latest: { now: Micros; judge: Judge } | null = null

/** The states at one instant: the venues' sessions are looked up once, however many rows are judged. */
export function judgeAt(now: Micros): Judge {
  if (latest?.now !== now) latest = { now, judge: newJudge(now) }
  return latest.judge
}

function newJudge(now: Micros): Judge {
  const owedSince = new Map<AssetClass, Micros | null>()
  const lookUp = (assetClass: AssetClass): Micros | null => {
    const venue = venueOf(assetClass)
    const { state, session } = sessionAt(venue, now)
    // A coin's session is the day in UTC: its midnight excuses nothing.
    const since = state !== 'open' || !session ? null : venue === 'CRYPTO' ? 0 : session.open
    owedSince.set(assetClass, since)
    return since
  }
  return (row) => {
    const known = owedSince.get(row.assetClass)
    const since = known === undefined ? lookUp(row.assetClass) : known
    if (since === null) return 'closed'
    const heardAt = Math.max(row.fetchedAt, row.ts + row.delayedMinutes * MINUTE_US, since)
    if (row.staleAfterUs !== null && now - heardAt > row.staleAfterUs) return 'stale'
    return row.delayedMinutes > 0 ? 'delayed' : 'live'
  }
}

export type StateCounts = Record<QuoteState, number>

export function countStates(rows: Iterable<Dated>, now: Micros): StateCounts {
  const counts: StateCounts = { live: 0, delayed: 0, stale: 0, closed: 0 }
  const judge = judgeAt(now)
  for (const row of rows) counts[judge(row)]++
  return counts
}

/** A vendor's own delay, and a roll-up that is a little behind, are nothing to be alarmed by. */
const SERIES_GRACE_US = 30 * MINUTE_US

interface SeriesMoment {
  series: Pick<BarSeries, 'key' | 'resolution'>
  /** The newest one. */
  bar: { ts: Micros } | null
  /** The quote that moves the series, if one does. */
  mover: Dated | null
}

/**
 * Of bars: as the quote that moves them; else stale when, in regular session, none has come for two of their lengths and
 * half an hour. Days and longer are owed nothing within a session.
 */
export function seriesFreshness({ series, bar, mover }: SeriesMoment, now: Micros): Freshness {
  if (mover) return freshnessOf(mover, now)
  const { lengthUs } = series.resolution
  const ref = parseInstrumentKey(series.key)
  if (lengthUs === null || !bar || !ref) return 'fresh'
  const { state, session } = sessionAt(venueOf(ref.assetClass), now)
  if (state !== 'open' || !session) return 'fresh'
  const owedSince = Math.max(bar.ts + lengthUs, session.open)
  return now - owedSince > 2 * lengthUs + SERIES_GRACE_US ? 'stale' : 'fresh'
}
