// The command line as a person meets it: exit codes, one clear line for every mistake, JSON that parses.
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
