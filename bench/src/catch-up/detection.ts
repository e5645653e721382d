// How long it takes to find out what is missing, with 8,000 symbols and an hour of sweeps in the ledger, beside counting
// the ticks of that hour, which no way of looking at every row can be cheaper than.

import { createGapFinder } from '@onetape/daemon/src/gaps/find-gaps.ts'
import { loadUniverse } from '@onetape/daemon/src/universe/universe.ts'
import { mintInstruments, recordGaps, setTierMembers, writeBatch } from '@onetape/db'
import { HOUR_US, instantInZone, isoFromMicros, MINUTE_US } from '@onetape/market'
import { benchServer } from '../bench-server.ts'
import { type BenchCase, median, spreadOf } from '../report.ts'

const SYMBOLS = 8_000
const SWEEPS = 60
const ROUNDS = 7
const TIER = 'full_universe'

export async function detection(): Promise<BenchCase[]> {
  await using server = await benchServer()
  const { db } = await server.database('detection')
  const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
  const minted = await mintInstruments(
    db,
    Array.from({ length: SYMBOLS }, (_, i) => ({
      ref: { assetClass: 'equity' as const, symbol: `Z${i.toString(36).toUpperCase()}` },
    })),
  )
  await setTierMembers(db, { tier: TIER, instrumentIds: minted.map((i) => i.id), replace: true })
  await db.pool.query(`update universe_tiers set frequency_s = 60, enabled = name = '${TIER}'`)
  for (let i = 0; i < SWEEPS; i++) {
    const at = noon + i * MINUTE_US + 2_000_000
    if (i >= 20 && i < 30) continue
    await writeBatch(db, {
      ...{ kind: 'ticks', source: 'polygon', feed: 'sip', fetchedAt: at, marketNow: at },
      ticks: minted.map(({ id }) => ({
        instrumentId: id,
        ts: at - 500_000,
        price: 100 + i / 100,
        volume: i,
      })),
    })
  }
  const universe = await loadUniverse(db)
  const clock = { now: () => noon + HOUR_US }
  const find: number[] = []
  const count: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    // As if nobody had looked for an hour.
    await db.pool.query('delete from data_gaps')
    await db.pool.query('delete from gap_scans')
    const scan = { tier: TIER, assetClass: 'equity', judgedTo: noon, instrumentsTo: SYMBOLS }
    await recordGaps(db, { found: [], scans: [scan], foundAt: noon })
    find.push(
      await timed(() => createGapFinder({ db, market: clock, universe, startedAt: clock.now() }).run()),
    )
    count.push(
      await timed(() =>
        db.pool.query(
          `select instrument_id, count(*) from market_data_ticks where ts >= $1 and ts < $2 group by instrument_id`,
          [isoFromMicros(noon), isoFromMicros(noon + HOUR_US)],
        ),
      ),
    )
  }
  const { rows } = await db.pool.query('select slots from data_gaps')
  const found = rows.length === 1 && rows[0].slots === 10
  const ratios = find.map((ms, i) => ms / count[i]!)
  return [
    {
      case: `an hour of ${SYMBOLS} symbols looked at after the fact`,
      value: median(find),
      unit: 'ms',
      control: median(count),
      ratio: median(ratios),
      spread: spreadOf(ratios),
      aim: 'below 1 s',
      holds: found && median(find) < 1_000,
    },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
