/**
 * The close of the session before, for instruments whose vendor does not say it (Coinbase has 24 hours, not days). It
 * is the same source's own settled day on the tape, so nothing is mixed; read once a session for each instrument.
 */
import { type Db, readBars } from '@onetape/db'
import { type AssetClass, DAY_US, type Micros, type Snapshot, sessionDateOf, venueOf } from '@onetape/market'
import type { Answer } from './ask-house.ts'
import type { DueInstrument } from './judge-answer.ts'

export interface PreviousCloses {
  /** The answer with the closes that the tape knows and the vendor left out. */
  complete(answer: Answer, o: { due: ReadonlyMap<string, DueInstrument>; marketNow: Micros }): Promise<Answer>
}

/** Asking the tape one by one is for a few pairs, not for a whole market. */
const ASKED_MAX = 50
/** A close from before a longer absence is no yesterday's close. */
const LOOK_BACK_DAYS = 5

export function createPreviousCloses(db: Db): PreviousCloses {
  const known = new Map<string, number>()

  const closeOf = async (o: {
    instrumentId: number
    assetClass: AssetClass
    source: string
    marketNow: Micros
  }): Promise<number | null> => {
    const { instrumentId, assetClass, source, marketNow } = o
    const venue = venueOf(assetClass)
    const date = sessionDateOf(venue, marketNow)
    const key = `${instrumentId} ${source} ${date}`
    const found = known.get(key)
    if (found !== undefined) return found
    const to = Date.parse(`${date}T00:00:00Z`) * 1000
    const range = { from: to - LOOK_BACK_DAYS * DAY_US, to, limit: 1 }
    const { bars } = await readBars(db, { instrumentId, timeframe: '1d', ...range, venue, source })
    const bar = bars.at(-1)
    if (!bar?.final) return null
    if (known.size >= ASKED_MAX * 10) known.clear()
    known.set(key, bar.close)
    return bar.close
  }

  return {
    async complete(answer, { due, marketNow }) {
      const { rows } = answer.fetched
      const lacking = rows.filter((row) => row.previousClose === null && due.has(row.quote.symbol))
      if (lacking.length === 0 || lacking.length > ASKED_MAX) return answer
      const closes = new Map<Snapshot, number>()
      for (const row of lacking) {
        const { id, assetClass } = due.get(row.quote.symbol)!.instrument
        const close = await closeOf({ instrumentId: id, assetClass, source: answer.source.name, marketNow })
        if (close !== null) closes.set(row, close)
      }
      const completed = rows.map((row) => ({
        ...row,
        previousClose: row.previousClose ?? closes.get(row) ?? null,
      }))
      return { ...answer, fetched: { ...answer.fetched, rows: completed } }
    },
  }
}
