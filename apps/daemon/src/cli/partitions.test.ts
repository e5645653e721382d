// `onetape partitions` as an operator meets it: what is there, in another width, out and in again, gone only when told twice.
import { writeBatch } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { wallClock } from '../clock/wall-clock.ts'
import { runCli } from './program.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  vi.stubEnv('DATABASE_URL', t.url)
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await t.drop()
})

async function onetape(...args: string[]) {
  const said = { stdout: '', stderr: '' }
  const code = await runCli(args, {
    out: (text) => {
      said.stdout += text
    },
    err: (text) => {
      said.stderr += text
    },
    terminal: false,
    signal: new AbortController().signal,
  })
  return { code, ...said }
}
const asJson = async (...args: string[]) => JSON.parse((await onetape(...args, '--json')).stdout)

async function tickAt(iso: string): Promise<void> {
  const { rows } = await t.db.pool.query('select id from instruments limit 1')
  const [id] = rows.length
    ? rows
    : (
        await t.db.pool.query(
          `insert into instruments (key, asset_class, symbol, currency) values ('equity:US:PART', 'equity', 'PART', 'USD') returning id`,
        )
      ).rows
  await writeBatch(t.db, {
    ...{
      kind: 'ticks',
      source: 'polygon',
      feed: 'sip',
      fetchedAt: wallClock.now(),
      marketNow: wallClock.now(),
    },
    ticks: [{ instrumentId: id.id, ts: Date.parse(iso) * 1000, price: 5, volume: null }],
  })
}

describe('onetape partitions', () => {
  it('says when there are none, and lists what there is', async () => {
    expect((await onetape('partitions')).stdout).toBe('No partitions yet: the daemon makes them.\n')
    await tickAt('2011-06-01T15:00:00Z')
    const { stdout } = await onetape('partitions')
    expect(stdout).toMatch(/^market_data_ticks_y2011 +2011-01-01 +2012-01-01/m)
    expect(await asJson('partitions', 'list', 'ticks')).toMatchObject({
      widths: { market_data_ticks: 'day' },
      partitions: [{ name: 'market_data_ticks_y2011', from: '2011-01-01', packed: false, attached: true }],
    })
    expect(await asJson('partitions', 'list', 'bars')).toMatchObject({ partitions: [] })
  })

  it('changes the width of one table or all', async () => {
    expect((await onetape('partitions', 'width', 'day', '--table', 'bars')).stdout).toMatch(
      /^market_data_bars: a day each from \d{4}-\d\d-\d\d on \(before: a week\)/,
    )
    expect((await asJson('partitions', 'width')).widths).toEqual({
      market_data_ticks: 'day',
      market_data_bars: 'day',
      market_data_rollups: 'week',
    })
    expect((await asJson('partitions', 'width', 'month')).changes).toHaveLength(3)
  })

  it('packs nothing where nothing is worth it', async () => {
    expect(await onetape('partitions', 'pack')).toMatchObject({
      code: 0,
      stdout: 'Nothing to pack: what is closed is packed.\n',
    })
  })

  it('detaches, attaches, and drops only when told twice', async () => {
    const name = 'market_data_ticks_y2011'
    expect((await onetape('partitions', 'detach', name)).stdout).toMatch(
      /is detached after 1 try in \d+ ms; the table was held for \d+ ms. Its rows stay there/,
    )
    expect((await onetape('partitions')).stdout).toMatch(/market_data_ticks_y2011.*detached/)
    expect((await onetape('partitions', 'attach', name)).stdout).toMatch(/is attached after/)
    expect(await onetape('partitions', 'drop', name)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes-delete-its-rows'),
    })
    expect(await onetape('partitions', 'drop', name, '--yes-delete-its-rows')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Detach it first'),
    })
    await onetape('partitions', 'detach', name)
    expect((await onetape('partitions', 'drop', name, '--yes-delete-its-rows')).stdout).toBe(
      `${name} is gone, with 1 rows.\n`,
    )
    const { rows } = await t.db.pool.query('select kind from events order by id')
    expect(rows.map((r) => r.kind)).toEqual([
      'partition.detached',
      'partition.attached',
      'partition.detached',
      'partition.dropped',
    ])
  })

  it.each([
    [['partitions', 'frobnicate']],
    [['partitions', 'list', 'latest']],
    [['partitions', 'width', 'decade']],
    [['partitions', 'width', 'day', '--table', 'latest']],
    [['partitions', 'pack', 'nothing']],
    [['partitions', 'detach']],
  ])('%j is a wrong command line', async (args) => {
    const { code, stderr, stdout } = await onetape(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^onetape: .+\n$/)
  })

  it('a name that is none is one clear line', async () => {
    expect(await onetape('partitions', 'detach', 'nothing')).toMatchObject({
      code: 1,
      stderr: 'onetape: No partition is called nothing. See: onetape partitions\n',
    })
  })
})
