// The command line as a person meets it: exit codes, one clear line for every mistake, JSON that parses.
import { claimSlots, listen, noteMissedSlots, serveSlots, UNIVERSE_CHANNEL } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeFolder } from '../import/fixtures/folder.ts'
import { runCli } from './program.ts'

async function onetape(...args: string[]) {
  let stdout = ''
  let stderr = ''
  const code = await runCli(args, {
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

afterEach(() => vi.unstubAllEnvs())

describe('help', () => {
  it('is what no argument, help and --help give', async () => {
    for (const args of [[], ['--help'], ['help'], ['backfill', '--help']]) {
      const { code, stdout } = await onetape(...args)
      expect(code, args.join(' ')).toBe(0)
      expect(stdout, args.join(' ')).toContain('Usage: onetape')
    }
    for (const command of ['backfill', 'import', 'simulate', 'sources', 'status', 'universe', 'verify']) {
      expect((await onetape('--help')).stdout).toContain(command)
    }
  })

  it('--version says the version', async () => {
    expect(await onetape('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })
})

describe('a wrong command line', () => {
  it.each([
    ['frobnicate'],
    ['simulate', '--fault'],
    ['simulate', '--count', 'many'],
    ['--frobnicate'],
    ['backfill'],
    ['backfill', '--days'],
    ['backfill', '--days', 'five'],
    ['backfill', '--days', '0'],
    ['backfill', '--days', '-3'],
    ['backfill', '--days', '1.5'],
    ['backfill', '--days', '999999'],
    ['backfill', '3', '--days', '5'],
    ['backfill', '--days', '5', '--frobnicate'],
    ['backfill', '--days', '5', '--symbols', ','],
    ['backfill', '--days', '5', '--timeframes', '7m'],
    ['backfill', '--days', '5', '--timeframes', '1w'],
    ['import'],
    ['import', 'a', 'b'],
    ['import', '.', '--basis', 'adjusted'],
    ['import', '.', '--symbol', 'not a symbol'],
    ['status', 'now'],
    ['verify', '--from', 'yesterday'],
    ['verify', '--to', '2026-02-30'],
    ['universe', 'export'],
    ['universe', 'import'],
    ['universe', 'add', 'AAPL'],
    ['universe', 'remove', '--tier', 'core'],
    ['universe', 'set', 'core'],
    ['universe', 'set', 'core', '--frequency', 'often'],
    ['universe', 'set', 'core', '--priority', '0'],
    ['universe', 'set', 'core', '--enable', '--disable'],
    ['universe', 'cadence', '--hours', '0'],
    ['universe', 'cost', '--provider', 'nobody'],
  ])('%s %s %s %s %s', async (...args) => {
    const { code, stdout, stderr } = await onetape(...(args as string[]))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^onetape: [^\n]+\n$/)
  })
})

describe('what cannot be done', () => {
  it('importing into demo: says to use --live', async () => {
    const { code, stderr } = await onetape('import', '.')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^onetape: [^\n]*--live[^\n]*\n$/)
  })

  it('a backfill in demo without vendors: says to start them', async () => {
    await using folder = await makeFolder()
    vi.stubEnv('ONETAPE_STATE_DIR', folder.path)
    const { code, stderr } = await onetape('backfill', '--days', '5')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^onetape: [^\n]*npm start[^\n]*\n$/)
  })

  it('an unreachable database, and settings that are none', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://someone:secret@127.0.0.1:9/onetape')
    const { code, stderr } = await onetape('status')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^onetape: [^\n]+\n$/)
    expect(stderr).not.toContain('secret')
    vi.stubEnv('ONETAPE_MODE', 'pretend')
    expect(await onetape('status')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^onetape: [^\n]*ONETAPE_MODE[^\n]*\n$/),
    })
  })
})

describe('on a tape', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase({ mode: 'live' })
  })
  afterAll(() => database.drop())
  const live = (...args: string[]) => {
    vi.stubEnv('DATABASE_URL', database.url)
    return onetape(...args, '--live')
  }

  it('status tells mode, market, tape, tiers and daemon', async () => {
    const { code, stdout } = await live('status', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'live',
      market: {
        shiftSeconds: 0,
        venues: [{ venue: 'XNYS' }, { venue: 'CRYPTO', state: 'open' }, { venue: 'FX' }],
      },
      tape: { instruments: 0, lagSeconds: null },
      tiers: expect.arrayContaining([expect.objectContaining({ name: 'core', frequencyS: 60 })]),
      daemon: { alive: false, beatAgeSeconds: null },
    })
    const { stdout: shown } = await live('status')
    expect(shown).toContain('LIVE')
    expect(shown).toContain('has never run')
  })

  it('a demo command refuses the live database in one line', async () => {
    vi.stubEnv('DATABASE_URL', database.url)
    const { code, stderr } = await onetape('status')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^onetape: [^\n]*live[^\n]*\n$/)
  })

  it('import reports JSON on stdout alone, and fails when nothing of a file can be used', async () => {
    await using folder = await makeFolder({
      'AAPL-1d.csv': 'Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,0.5,1.5,10\n',
      'bad/MSFT-1d.csv': 'Date,Open,High,Low,Close,Volume\nnever,1,2,0.5,1.5,10\n',
    })
    const good = await live('import', folder.at('AAPL-1d.csv'), '--json')
    expect(good.code).toBe(0)
    expect(JSON.parse(good.stdout)).toMatchObject({
      files: [
        {
          file: 'AAPL-1d.csv',
          rows: 1,
          inserted: 1,
          duplicate: 0,
          unsupported: 0,
          rejected: [],
          basis: 'raw',
        },
      ],
      totals: { rows: 1, inserted: 1 },
    })
    expect(
      JSON.parse((await live('import', folder.at('AAPL-1d.csv'), '--json')).stdout).totals,
    ).toMatchObject({ inserted: 0, duplicate: 1 })
    const bad = await live('import', folder.at('bad'))
    expect(bad.code).toBe(1)
    expect(bad.stderr).toContain(
      'onetape: MSFT-1d.csv: none of its 1 rows can be used, e.g. line 2: "never" is no date\n',
    )
    expect(await live('import', folder.at('nowhere'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no file or folder'),
    })
  })

  it('universe add, remove and set edit the rows, and say so to whoever listens', async () => {
    const heard: string[] = []
    await using _ = listen({
      url: database.url,
      channels: [UNIVERSE_CHANNEL],
      onMessage: (_, tier) => void heard.push(tier),
      onReconnect: () => void heard.push('listening'),
    })
    await vi.waitFor(() => expect(heard).toEqual(['listening']))
    const tier = ['--tier', 'user_watchlist']
    expect((await live('universe', 'add', 'TSLA', 'eth-usd', ...tier)).stdout).toBe(
      'user_watchlist: 2 added, 0 were in it.\n',
    )
    expect(JSON.parse((await live('universe', 'add', 'tsla', ...tier, '--json')).stdout)).toEqual({
      tier: 'user_watchlist',
      members: ['equity:US:TSLA'],
      added: 0,
    })
    expect((await live('universe', 'remove', 'equity:US:TSLA', ...tier)).stdout).toMatch(/1 removed/)
    const left = JSON.parse((await live('universe', 'list', 'user_watchlist', '--json')).stdout)
    expect(left.members).toMatchObject([{ symbol: 'ETH-USD', assetClass: 'crypto' }])
    const edit = ['--frequency', '30', '--priority', '9', '--disable', '--json']
    expect(JSON.parse((await live('universe', 'set', 'user_watchlist', ...edit)).stdout)).toMatchObject({
      frequencyS: 30,
      priority: 9,
      enabled: false,
    })
    await vi.waitFor(() => expect(heard.filter((h) => h === 'user_watchlist')).toHaveLength(4))
    expect((await live('universe', 'set', 'user_watchlist', '--enable')).stdout).toContain('every 30 s')
    expect((await live('universe', 'remove', 'NOBODY', ...tier)).stderr).toMatch(/knows no NOBODY/)
    expect((await live('universe', 'add', 'AAPL', '--tier', 'best')).code).toBe(2)
  })

  it('universe cadence tells what was served and missed, universe cost what plans cost', async () => {
    expect((await live('universe', 'cadence')).stdout).toMatch(/No slot was served/)
    const now = Date.now() * 1000
    const slotAt = now - (now % 60_000_000) - 120_000_000
    const slot = { tier: 'core', slotAt }
    await claimSlots(database.db, {
      assetClass: 'crypto',
      slots: [{ ...slot, frequencyS: 60 }],
      holder: 'me',
      ttlMs: 9_000,
    })
    const outcome = {
      intervalUs: null,
      asked: 12,
      accepted: 12,
      missing: 0,
      delayedMinutes: 0,
      problem: null,
    }
    await serveSlots(database.db, {
      assetClass: 'crypto',
      holder: 'me',
      sweptAt: slotAt + 500_000,
      servedAt: slotAt + 1_500_000,
      slots: [{ ...slot, ...outcome }],
    })
    const missedAt = slotAt - 60_000_000
    await noteMissedSlots(database.db, {
      tier: 'core',
      assetClass: 'crypto',
      fromAt: missedAt,
      toAt: missedAt,
      frequencyS: 60,
      slots: 1,
      reason: 'vendor',
      notedAt: slotAt,
      hours: [{ hourAt: missedAt - (missedAt % 3_600_000_000), slots: 1 }],
    })
    const report = JSON.parse((await live('universe', 'cadence', '--json')).stdout)
    expect(report).toMatchObject({
      hours: 24,
      tiers: [{ tier: 'core', assetClass: 'crypto', due: 2, served: 1, missed: 1, lateMaxMs: 1_500 }],
      missed: [{ tier: 'core', reason: 'vendor', slots: 1 }],
    })
    expect((await live('universe', 'cadence')).stdout).toMatch(/core +crypto +1 +vendor/)
    expect(JSON.parse((await live('status', '--json')).stdout).cadence).toMatchObject([{ due: 2, missed: 1 }])
    const cost = JSON.parse((await live('universe', 'cost', '--json')).stdout)
    expect(cost.regular.plans).toContainEqual(
      expect.objectContaining({ plan: '100 symbols at 1 min', bulkCalls: 390, singleCalls: 39_000 }),
    )
    expect((await live('universe', 'cost', '--provider', 'yahoo')).stdout).toMatch(/78,000/)
  })

  it('universe import fills a tier, and list shows it', async () => {
    await using folder = await makeFolder({
      'members.csv':
        'Symbol,Security\nAAPL,Apple Inc.\nBRK.B,Berkshire Hathaway\nAAPL,Apple again\n!!,nothing\n',
      'plain.txt': '# mine\nIBM\nBTC-USD\n',
      'empty.txt': '\n',
    })
    const { code, stdout } = await live(
      'universe',
      'import',
      folder.at('members.csv'),
      '--tier',
      'sp500',
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ rows: 4, members: 2, added: 2, rejected: [{ row: 5 }] })
    expect((await live('universe', 'import', folder.at('plain.txt'), '--tier', 'core')).code).toBe(0)
    const listed = JSON.parse((await live('universe', 'list', 'sp500', '--json')).stdout)
    expect(listed.members).toMatchObject([{ symbol: 'AAPL', name: 'Apple Inc.' }, { symbol: 'BRK.B' }])
    expect((await live('universe', 'list')).stdout).toMatch(/sp500 +2/)
    expect((await live('universe', 'import', folder.at('empty.txt'), '--tier', 'core')).code).toBe(1)
    expect((await live('universe', 'import', folder.at('plain.txt'), '--tier', 'best')).code).toBe(2)
    expect((await live('universe', 'list', 'best')).code).toBe(2)
  })
})
