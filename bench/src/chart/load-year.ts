// A year of 1-minute bars of a few symbols, by COPY, minute after minute as they would have come: the rows of one
// symbol lie scattered among those of the others.
import { type BarRow, type Db, mintInstruments, sourceIds, writeBatch } from '@onetape/db'
import { isoFromMicros, MINUTE_US, type Micros, type Session, sessionsBetween } from '@onetape/market'
import { from as copyFrom } from 'pg-copy-streams'

export interface LoadedYear {
  instrumentId: number
  sourceId: number
  key: string
  from: Micros
  to: Micros
  /** Bars of the one symbol. */
  bars: number
}

const COPY = `copy market_data_bars
  (ts, write_id, instrument_id, timeframe, basis, source_id, final, open, high, low, close, volume) from stdin`
const CHUNK_CHARS = 1_000_000

export async function loadYear(
  db: Db,
  o: { symbols: number; sessions: number; now: Micros },
): Promise<LoadedYear> {
  const names = Array.from({ length: o.symbols }, (_, i) => `Y${String.fromCharCode(65 + i)}`)
  const minted = await mintInstruments(
    db,
    names.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  const one = minted[Math.floor(minted.length / 2)]!
  const until = new Date(o.now / 1000 - 86_400_000)
  const since = new Date(until.getTime() - 2 * 366 * 86_400_000)
  const date = (d: Date) => d.toISOString().slice(0, 10)
  const sessions = sessionsBetween('XNYS', date(since), date(until)).slice(-o.sessions)
  const sourceId = (await sourceIds(db, ['polygon'])).get('polygon')!
  const writeId = await openDoors(db, { instrumentId: one.id, sessions, now: o.now })
  await copyBars(db, { ids: minted.map((i) => i.id), sessions, sourceId, writeId })
  await db.pool.query('vacuum analyze market_data_bars')
  const [first, last] = [sessions[0]!, sessions.at(-1)!]
  const { rows } = await db.pool.query(
    `select count(*)::int as bars from market_data_bars where instrument_id = $1`,
    [one.id],
  )
  return {
    instrumentId: one.id,
    sourceId,
    key: one.key,
    from: first.open,
    to: last.close,
    bars: rows[0].bars,
  }
}

/** The opening bar of every session through the front door: it makes the partitions, and a row of the ledger. */
async function openDoors(
  db: Db,
  o: { instrumentId: number; sessions: readonly Session[]; now: Micros },
): Promise<number> {
  const bars = o.sessions.map(
    ({ open }): BarRow => ({
      ...{ instrumentId: o.instrumentId, timeframe: '1m', ts: open, basis: 'raw', final: true },
      ...{ open: 100, high: 101, low: 99, close: 100, volume: 1 },
    }),
  )
  const { writeId } = await writeBatch(db, {
    ...{ kind: 'bars', source: 'polygon', feed: 'sip', fetchedAt: o.now, marketNow: o.now, bars },
  })
  return writeId
}

async function copyBars(
  db: Db,
  o: { ids: readonly number[]; sessions: readonly Session[]; sourceId: number; writeId: number },
): Promise<void> {
  await db.pool.query('delete from market_data_bars')
  const client = await db.pool.connect()
  const stream = client.query(copyFrom(COPY))
  const prices = o.ids.map(() => 100)
  const random = chance(11)
  let text = ''
  for (const { open, close } of o.sessions) {
    for (let ts = open; ts < close; ts += MINUTE_US) {
      const at = isoFromMicros(ts)
      for (const [k, id] of o.ids.entries()) {
        const first = prices[k]!
        const last = Math.max(1, first + (random() - 0.5) * 0.2)
        prices[k] = last
        const range = [Math.max(first, last) + 0.03, Math.min(first, last) - 0.03]
        const figures = [first, ...range, last].map((n) => n.toFixed(2)).join('\t')
        text += `${at}\t${o.writeId}\t${id}\t1m\traw\t${o.sourceId}\tt\t${figures}\t${Math.floor(random() * 10_000)}\n`
      }
      if (text.length < CHUNK_CHARS) continue
      if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', resolve))
      text = ''
    }
  }
  stream.end(text)
  await new Promise((resolve, reject) => stream.once('finish', resolve).once('error', reject))
  client.release()
}

function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
