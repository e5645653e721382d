// `onetape gaps` on a tape that misses something.
import { planGap, readGaps, recordGaps } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { HOUR_US, instantInZone } from '@onetape/market'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { runCli } from './program.ts'

const noon = instantInZone('2026-11-18', 12 * 3_600_000, 'America/New_York')
let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ mode: 'live' })
})
afterAll(() => database.drop())
afterEach(() => vi.unstubAllEnvs())

async function gaps(args: readonly string[] = [], signal = new AbortController().signal, onOut = () => {}) {
  vi.stubEnv('DATABASE_URL', database.url)
  let stdout = ''
  let stderr = ''
  const out = (text: string) => {
    stdout += text
    onOut()
  }
  const err = (text: string) => {
    stderr += text
  }
  const code = await runCli(['gaps', '--live', ...args], { out, err, terminal: false, signal })
  return { code, stdout, stderr }
}

it('says that nothing is missing, what is, and how far it is', async () => {
  expect(await gaps()).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing is missing') })
  const scope = { tier: 'core', assetClass: 'equity', instrumentId: null, timeframe: '1m' } as const
  const span = { from: noon, to: noon + HOUR_US }
  const found = [{ ...scope, ...span, why: 'daemon_down', slots: 60, instrumentsTo: null } as const]
  await recordGaps(database.db, { found, foundAt: span.to })
  expect((await gaps()).stdout).toMatch(
    /1 gaps are open[\s\S]*core equity +1m +2026-11-18 17:00.*daemon down +open/,
  )
  const [gap] = await readGaps(database.db)
  const pieces = [1, 2].map((instrumentId) => ({ instrumentId, timeframe: '1m' as const, ...span }))
  await planGap(database.db, { gaps: [gap!], pieces, reason: null })
  expect((await gaps()).stdout).toMatch(/filling +░+ 0\/2, 0 rows/)
  expect(JSON.parse((await gaps(['--json'])).stdout)).toMatchObject({
    mode: 'live',
    counts: { open: 0, filling: 1, filled: 0 },
    gaps: [{ tier: 'core', from: '2026-11-18T17:00:00.000000Z', why: 'daemon_down', piecesTotal: 2 }],
  })
  const stop = new AbortController()
  const watched = await gaps(['--watch', '--json'], stop.signal, () => stop.abort())
  expect(JSON.parse(watched.stdout)).toMatchObject({ gaps: [{ state: 'filling' }] })
  expect(await gaps(['--limit', 'all'])).toMatchObject({ code: 2, stdout: '' })
})
