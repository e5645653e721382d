// The calendar as parameters: a row for each asset class and UTC date that a session reaches into. Rows, not joins on
// ranges: an instant finds its session by hash, however long the span.
import {
  ASSET_CLASSES,
  DAY_US,
  isoFromMicros,
  type Micros,
  type Session,
  sessionsBetween,
  venueOf,
} from '@onetape/market'

interface Row {
  assetClass: string
  utcDate: string
  session: Session
}

const dateOf = (ts: Micros): string => isoFromMicros(ts).slice(0, 10)

/** Columns: asset class, UTC date, session date, open, close; then what all of them span. Regular hours; `close` is exclusive. */
export function sessionValues(minTs: Micros, maxTs: Micros): string[] {
  // The date of a session may be the day after the one that it opens on.
  const [from, to] = [dateOf(minTs - DAY_US), dateOf(maxTs + DAY_US)]
  const rows: Row[] = []
  for (const assetClass of ASSET_CLASSES) {
    for (const session of sessionsBetween(venueOf(assetClass), from, to)) {
      if (session.close <= minTs || session.open > maxTs) continue
      const [first, last] = [dateOf(session.open), dateOf(session.close - 1)]
      rows.push({ assetClass, utcDate: first, session })
      if (last !== first) rows.push({ assetClass, utcDate: last, session })
    }
  }
  const column = (of: (row: Row) => string) => `{${rows.map(of).join(',')}}`
  return [
    column((r) => r.assetClass),
    column((r) => r.utcDate),
    column((r) => r.session.date),
    column((r) => isoFromMicros(r.session.open)),
    column((r) => isoFromMicros(r.session.close)),
    isoFromMicros(rows.reduce((first, r) => Math.min(first, r.session.open), minTs)),
    isoFromMicros(rows.reduce((last, r) => Math.max(last, r.session.close), maxTs)),
  ]
}
