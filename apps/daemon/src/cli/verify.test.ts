import { mintInstruments, rollUpBatches, writeBatch } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import type { Micros } from '@onetape/market'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { runCli } from './program.ts'

const NOON: Micros = Date.UTC(2026, 10, 20, 15) * 1000

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  const [instrument] = await mintInstruments(t.db, [{ ref: { assetClass: 'equity', symbol: 'AAPL' } }])
  const ticks = [{ instrumentId: instrument!.id, ts: NOON, price: 10, volume: 5 }]
  const at = { fetchedAt: NOON, marketNow: NOON }
  await writeBatch(t.db, { kind: 'ticks', source: 'polygon', feed: 'sip', ...at, ticks })
  await rollUpBatches(t.db, { limit: 10 })
}, 120_000)
afterAll(() => t.drop())
afterEach(() => vi.unstubAllEnvs())

async function verify(...args: string[]) {
  vi.stubEnv('DATABASE_URL', t.url)
  let stdout = ''
  let stderr = ''
  const code = await runCli(['verify', '--from', '2026-11-19', '--to', '2026-11-20', ...args], {
    out: (text) => {
      stdout += text
    },
    err: (text) => {
      stderr += text
    },
    terminal: false,
    signal: new AbortController().signal,
  })
  return { code, stdout, stderr }
}

test('says that all is as recomputed, and what differs', async () => {
  expect(await verify()).toEqual({
    code: 0,
    stderr: '',
    stdout: 'Roll-ups from 2026-11-19 to 2026-11-20: as recomputed.\nLatest prices: as recomputed.\n',
  })
  await t.db.pool.query('update market_data_daily set close = 9, low = 9')
  const told = await verify()
  expect(told.code).toBe(1)
  expect(told.stdout).toMatch(
    /20: 1 differ.\n {2}equity:US:AAPL day 2026-11-20 polygon raw: stored .*close 9.*close 10/,
  )
  const { code, stdout } = await verify('--json')
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ from: '2026-11-19', rollups: [expect.any(String)], latest: [] })
})
