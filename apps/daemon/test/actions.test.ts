// Splits and dividends into a real Postgres: each source's word, once a day, restated where it changes.
import { type Instrument, mintInstruments, readCorporateActions, readSync } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { type CorporateAction, DAY_US, instantInZone, MINUTE_US } from '@onetape/market'
import { ProviderError } from '@onetape/providers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createActionsJob } from '../src/actions/actions-job.ts'
import { parseEnv } from '../src/env.ts'
import { createLog } from '../src/log.ts'
import { handClock } from './clocks.ts'
import { fakeHouse } from './fake-house.ts'
import { FakeVendor } from './fake-vendor.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
const SYMBOLS = Array.from({ length: 12 }, (_, i) => `S${i}`)
let base: TestDatabase
let clock: ReturnType<typeof handClock>
let polygon: FakeVendor
let yahoo: FakeVendor
let instruments: Instrument[]
let everyone: readonly Instrument[]

beforeEach(async () => {
  base = await testDatabase()
  clock = handClock(noon)
  polygon = new FakeVendor({ name: 'polygon', market: clock, corporateActions: 'market' })
  yahoo = new FakeVendor({ name: 'yahoo', market: clock, corporateActions: 'single' })
  instruments = await mintInstruments(
    base.db,
    SYMBOLS.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  everyone = instruments
})
afterEach(() => base.drop())

const job = () =>
  createActionsJob({
    db: base.db,
    house: fakeHouse([yahoo, polygon], { wall: clock, market: clock }),
    market: clock,
    wall: clock,
    log: createLog('test', parseEnv({ ONETAPE_LOG_LEVEL: 'silent' })),
    signal: new AbortController().signal,
    everyone: () => everyone,
    core: () => instruments,
  })
const split = (symbol: string, exDate: string, ratio: number): CorporateAction => ({
  assetClass: 'equity',
  symbol,
  exDate,
  kind: 'split',
  ratio,
})
const held = async (index = 0) =>
  (await readCorporateActions(base.db, instruments[index]!.id)).map((a) => [a.source, a.exDate, a.ratio])

describe('corporate actions', () => {
  it('are kept by source, asked of the market at once or of core by symbol, and not again that day', async () => {
    polygon.actions = [split('S0', '2026-06-10', 4), split('UNKNOWN', '2026-06-10', 2)]
    yahoo.actions = [split('S0', '2026-06-10', 4), split('S11', '2026-12-01', 10)]
    const run = job()
    await run()
    await run()
    expect(polygon.actionsAsked).toEqual([{ refs: 'all', from: '2025-10-14', to: '2027-01-17' }])
    expect(yahoo.actionsAsked.map((a) => a.refs.length)).toEqual([10, 2])
    expect(await held(0)).toEqual([
      ['polygon', '2026-06-10', 4],
      ['yahoo', '2026-06-10', 4],
    ])
    expect(await held(11)).toEqual([['yahoo', '2026-12-01', 10]])
    const sync = (await readSync(base.db)).find((row) => row.scope === 'actions:polygon')
    expect(sync).toMatchObject({ status: 'ok', detail: { date: '2026-11-18', actions: 1, unknown: 1 } })
    await job()()
    expect(polygon.actionsAsked).toHaveLength(1)
  })

  it('are asked again the next day for a while back, and restated where a source changed its mind', async () => {
    polygon.actions = [split('S0', '2026-11-17', 4)]
    const run = job()
    await run()
    clock.forward(DAY_US)
    polygon.actions = [split('S0', '2026-11-17', 5)]
    await run()
    expect(polygon.actionsAsked[1]).toMatchObject({ from: '2026-11-08', to: '2027-01-18' })
    expect(await held(0)).toEqual([['polygon', '2026-11-17', 5]])
    const { rows } = await base.db.pool.query('select what, old, new from market_data_restatements')
    expect(rows).toMatchObject([{ what: 'action', old: { ratio: 4 }, new: { ratio: 5 } }])
  })

  it('go on where they were cut short, after a rest', async () => {
    yahoo.actions = [split('S0', '2026-06-10', 4), split('S11', '2026-06-10', 2)]
    const original = yahoo.listCorporateActions.bind(yahoo)
    yahoo.listCorporateActions = async (request, options) => {
      if (yahoo.actionsAsked.length === 1) {
        yahoo.actionsAsked.push(request)
        throw new ProviderError('rate_limited', 'slow down', { provider: 'yahoo', origin: 'budget' })
      }
      return original(request, options)
    }
    const run = job()
    await run()
    await run()
    expect(yahoo.actionsAsked).toHaveLength(2)
    expect(await held(0)).toEqual([['yahoo', '2026-06-10', 4]])
    expect((await readSync(base.db)).map((row) => row.scope)).toEqual(['actions:polygon'])
    clock.forward(11 * MINUTE_US)
    await run()
    expect(yahoo.actionsAsked.slice(2).map((a) => a.refs.length)).toEqual([2])
    expect(await held(11)).toEqual([['yahoo', '2026-06-10', 2]])
  })

  it('reach back again once the tape has many more instruments', async () => {
    everyone = instruments.slice(0, 1)
    polygon.actions = [split('S5', '2026-06-10', 4)]
    const run = job()
    await run()
    expect(await held(5)).toEqual([])
    everyone = instruments
    clock.forward(11 * MINUTE_US)
    await run()
    expect(polygon.actionsAsked[1]).toMatchObject({ from: '2025-10-14' })
    expect(await held(5)).toEqual([['polygon', '2026-06-10', 4]])
  })
})
