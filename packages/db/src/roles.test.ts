// The roles that processes work as: how they come to be on a server that others share, what a database of before gets,
// and what the daemon can do and cannot.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MINUTE_US, type Micros } from '@onetape/market'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Db } from './connect.ts'
import { temporaryStateDir, tidy } from './embedded/fixtures/scene.ts'
import { openEmbedded } from './embedded/index.ts'
import {
  attachPartition,
  detachPartition,
  dropPartition,
  packPartitions,
  readPartitions,
  setPartitionWidth,
} from './partitions/index.ts'
import { ensurePartitions } from './partitions.ts'
import { MIGRATIONS_FOLDER, prepareDatabase } from './prepare.ts'
import { countSealed } from './reads/count-sealed.ts'
import { listSealed } from './reads/list-sealed.ts'
import { readCalls } from './reads/read-calls.ts'
import { readTapeCounts } from './reads/read-tape-counts.ts'
import { batch, day, latest, NOON, newInstruments, tick } from './sample-batches.ts'
import { type TestDatabase, testDatabase } from './testing.ts'
import { asUser } from './user-scope.ts'
import { addUserSource } from './writes/add-user-source.ts'
import { purgeCalls, recordCalls } from './writes/record-calls.ts'
import { rewrapSealed } from './writes/rewrap-sealed.ts'
import { writeBatch } from './writes/write-batch.ts'

/** The server is shared with tests of other processes. */
const LOGIN = `onetape_test_owner_${process.pid}`
let t: TestDatabase
let daemon: Db
let api: Db
const made: string[] = []
beforeAll(async () => {
  t = await testDatabase()
  daemon = t.as('onetape_daemon')
  api = t.as('onetape_api')
  await t.db.pool.query(
    `do $$ begin create role ${LOGIN} login password 'secret'; exception when duplicate_object then null; end $$`,
  )
}, 120_000)
afterAll(async () => {
  for (const name of made) await t.db.pool.query(`drop database if exists ${name} with (force)`)
  await t.db.pool.query(`drop role if exists ${LOGIN}`)
  await t.drop()
})

function addressOf(database: string, user?: string): string {
  const url = new URL(t.url)
  url.pathname = `/${database}`
  if (user) [url.username, url.password] = [user, 'secret']
  return url.href
}

async function newDatabase(owner?: string): Promise<string> {
  const name = `${new URL(t.url).pathname.slice(1)}_r${made.length}`
  made.push(name)
  await t.db.pool.query(
    `create database ${name} template template0 encoding 'UTF8' ${owner ? `owner ${owner}` : ''}`,
  )
  return name
}

async function on<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return await work(client).finally(() => client.end())
}
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'it went through',
    (error: { code?: string }) => error.code,
  )

describe('a server', () => {
  test('whose login may not make or use them gets one line to hand on, and what it says is enough', async () => {
    const name = await newDatabase(LOGIN)
    const url = addressOf(name, LOGIN)
    const error = await prepareDatabase({ url, mode: 'live' }).catch((e: Error) => e)
    expect(error).toMatchObject({ name: 'DatabaseProblem' })
    const { message } = error as Error
    expect(message).not.toMatch(/\n|secret/)
    expect(message).toMatch(
      new RegExp(
        `^OneTape works as the roles onetape_api and onetape_daemon, and "${LOGIN}" may not make or use them`,
      ),
    )
    const { rows } = await t.db.pool.query(`select count(*) from pg_class where relname = 'users'`)
    expect(rows).toEqual([{ count: 1 }]) // here; nothing was begun there
    expect(await on(url, async (c) => (await c.query(`select to_regclass('users') as users`)).rows)).toEqual([
      { users: null },
    ])

    await t.db.pool.query(message.split('Have an administrator run: ')[1]!)
    await prepareDatabase({ url, mode: 'live' })
    await prepareDatabase({ url, mode: 'live' })
    const db = connect({ url, applicationName: 'test', role: 'onetape_daemon' })
    expect(await ensurePartitions(db, { marketNow: NOON })).not.toEqual([])
    await db.end()
  })

  test('an owner who is no superuser is held as well, and a user’s rows outlive nothing of his', async () => {
    const url = addressOf(made.at(-1)!, LOGIN)
    const db = connect({ url, applicationName: 'test', role: 'onetape_api' })
    await db.pool.query(`insert into users (id, name, email) values ('anna', 'Anna', 'anna@x.test')`)
    await asUser(db, 'anna', ({ client }) =>
      client.query(`insert into user_outages values ('anna', 'x', now())`),
    )
    const seen = async () => (await db.ddl.query('select from user_outages')).rowCount
    expect(await seen()).toBe(0)
    await db.pool.query(`delete from users where id = 'anna'`)
    expect((await on(addressOf(made.at(-1)!), (c) => c.query('select from user_outages'))).rowCount).toBe(0)
    await db.end()
  })

  test('without them gets them once, from many at the same time, also from a login that is no superuser', async () => {
    const stateDir = temporaryStateDir()
    await using server = await openEmbedded({ stateDir, fsync: false })
    const at = (database: string) => server.url(database)
    await on(at('postgres'), async (client) => {
      await client.query(`create role maker login createrole password 'secret'`)
      for (const name of ['one', 'two', 'three'])
        await client.query(`create database ${name} template template0 encoding 'UTF8'`)
      await client.query('alter database three owner to maker')
    })
    const maker = new URL(at('three'))
    ;[maker.username, maker.password] = ['maker', 'secret']
    const urls = [at('one'), at('two'), maker.href]
    // He makes them and so may hand them on; what others made he would have to be given.
    await prepareDatabase({ url: maker.href, mode: 'demo' })
    await Promise.all(urls.map((url) => prepareDatabase({ url, mode: 'demo' })))
    await asEach(urls)
    await on(at('postgres'), async (client) => {
      for (const name of ['one', 'two', 'three']) await client.query(`drop database ${name} with (force)`)
      await client.query('drop role onetape_api, onetape_daemon')
      for (const name of ['one', 'two', 'three'])
        await client.query(`create database ${name} template template0 encoding 'UTF8'`)
    })
    const again = ['one', 'two', 'three'].map(at)
    await Promise.all(again.map((url) => prepareDatabase({ url, mode: 'demo' })))
    await asEach(again)
    await server.close()
    await tidy(stateDir)
  }, 60_000)
})

async function asEach(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const db = connect({ url, applicationName: 'test', role: 'onetape_api' })
    const { rows } = await db.pool.query(
      'select current_user::text as me, (select count(*) from user_pins) as pins',
    )
    expect(rows).toEqual([{ me: 'onetape_api', pins: 0 }])
    await db.end()
  }
}

describe('a tape', () => {
  test('of before there were users is brought level in place', async () => {
    const name = await newDatabase()
    const url = addressOf(name)
    const before = mkdtempSync(join(tmpdir(), 'onetape-migrations-'))
    cpSync(MIGRATIONS_FOLDER, before, { recursive: true })
    const journal = join(before, 'meta/_journal.json')
    const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8'))
    const old = entries.filter((e: { idx: number }) => e.idx < 12)
    writeFileSync(journal, JSON.stringify({ ...rest, entries: old }))
    await on(url, async (client) => {
      await migrate(drizzle({ client }), { migrationsFolder: before })
      await client.query(`insert into tape_environment (mode) values ('demo');
        insert into provider_calls (at, source, priority, scope, what, outcome, latency_ms) values (now(), 'yahoo', 'live', 'all', 'h', 'ok', 1);
        insert into user_data_preferences values ('of nobody', 'quotes', 'all', 'yahoo', '{}', now())`)
    })
    rmSync(before, { recursive: true })
    const owner = connect({ url, applicationName: 'test' })
    await ensurePartitions(owner, { marketNow: NOON })
    await owner.end()

    await prepareDatabase({ url, mode: 'demo' })
    const db = connect({ url, applicationName: 'test', role: 'onetape_daemon' })
    const [id] = await newInstruments(db, 1)
    const written = await writeBatch(db, batchOf(id!, NOON))
    expect(written.ticks.inserted).toBe(1)
    expect(await readCalls(db, { limit: 5 })).toMatchObject([{ source: 'yahoo', userId: null }])
    await db.end()
  })

  test('that was restored without its grants gets them again', async () => {
    const name = await newDatabase()
    const url = addressOf(name)
    await prepareDatabase({ url, mode: 'demo' })
    await on(url, async (client) => {
      await client.query(`revoke all on all tables in schema public from onetape_api, onetape_daemon;
        revoke all on all sequences in schema public from onetape_api, onetape_daemon`)
    })
    await prepareDatabase({ url, mode: 'demo' })
    const db = connect({ url, applicationName: 'test', role: 'onetape_daemon' })
    const [id] = await newInstruments(db, 1)
    expect((await writeBatch(db, batchOf(id!, NOON))).ticks.inserted).toBe(1)
    expect(await refusal(db.pool.query('select from users'))).toBe('42501')
    await db.end()
  })
})

const batchOf = (id: number, ts: Micros) => batch({ ticks: [tick(id, ts, 10)], latest: [latest(id, ts, 10)] })

describe('the daemon', () => {
  test('makes, packs, detaches, attaches and drops partitions, and writes into one that is missing', async () => {
    const ids = await newInstruments(daemon, 200)
    await writeBatch(daemon, batchOf(ids[0]!, NOON))
    const past = ids.flatMap((id) =>
      Array.from({ length: 60 }, (_, n) => tick(id, day(-40) + n * MINUTE_US, 10)),
    )
    await writeBatch(daemon, batch({ ticks: past }))
    const old = (await readPartitions(daemon)).find(
      (p) => p.table === 'market_data_ticks' && p.from <= day(-40) && day(-40) < p.to,
    )!
    const packed = await packPartitions(daemon, { marketNow: NOON, names: [old.name] })
    expect(packed.map((p) => p.left)).toEqual([null])
    const { name } = (await readPartitions(daemon)).find(
      (p) => p.table === 'market_data_ticks' && p.from <= day(-40) && day(-40) < p.to,
    )!
    await detachPartition(daemon, name)
    await attachPartition(daemon, name)
    await detachPartition(daemon, name)
    expect((await dropPartition(daemon, name)).rows).toBe(past.length)
    await setPartitionWidth(daemon, { table: 'market_data_bars', width: 'day', marketNow: NOON })
    expect(await readTapeCounts(daemon)).toBeTruthy()
    const { rows } = await t.db.pool.query(
      `select distinct tableowner from pg_tables where schemaname = 'public' and tablename like 'market\\_data\\_%'`,
    )
    expect(rows).toHaveLength(1)
    // Of partitions, too: the roles reach what the owner made after the grants.
    const { rows: reach } = await t.db.pool.query(
      `select bool_and(has_table_privilege('onetape_daemon', inhrelid, 'insert')) as all from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relkind = 'r'`,
    )
    expect(reach).toEqual([{ all: true }])
  })

  test('cannot change a table, nor the roles’ own rights, but through the owner’s connections', async () => {
    for (const statement of [
      'alter table market_data_ticks add column x int',
      'drop policy user_pins_own on user_pins',
      'alter table user_pins disable row level security',
      'create table stolen as select 1',
      'alter role onetape_daemon bypassrls',
      'set session_replication_role = replica',
    ])
      for (const db of [daemon, api]) expect(await refusal(db.pool.query(statement)), statement).toBe('42501')
  })

  test('sees of users’ credentials what is sealed, to put it under another key, and nothing else of theirs', async () => {
    await t.db.pool.query(`insert into users (id, name, email) values ('anna', 'Anna', 'anna@x.test')`)
    const made = await asUser(api, 'anna', (tx) =>
      addUserSource(tx, {
        ...{
          id: crypto.randomUUID(),
          sourceId: crypto.randomUUID(),
          name: 'alpaca',
          provider: 'alpaca',
          label: 'Mine',
        },
        ...{
          isPrimary: true,
          tier: 'iex',
          state: 'connected',
          hint: '…3F',
          keyId: 'k1',
          sealed: Buffer.from('old'),
        },
        ...{ expiresAt: null, capabilities: null, probedAt: null, at: NOON },
      }),
    )
    const without = {
      id: crypto.randomUUID(),
      sourceId: crypto.randomUUID(),
      name: 'yahoo',
      at: NOON,
      sealed: null,
      keyId: null,
    }
    await asUser(api, 'anna', (tx) => addUserSource(tx, { ...made, ...without }))
    const record = { sourceId: made.sourceId, userId: 'anna', keyId: 'k1', sealed: Buffer.from('old') }
    expect(await listSealed(daemon, { afterId: null, limit: 10 })).toEqual([record])
    expect(await listSealed(daemon, { afterId: made.sourceId, limit: 10 })).toEqual([])
    const to = { keyId: 'k2', sealed: Buffer.from('new') }
    const move = () => rewrapSealed(daemon, { sourceId: made.sourceId, from: record, to })
    expect(await Promise.all([move(), move()])).toEqual(expect.arrayContaining([true, false]))
    expect(await countSealed(daemon)).toEqual([{ keyId: 'k2', records: 1 }])
    expect(await listSealed(api, { afterId: null, limit: 10 })).toEqual([])

    const tables = await t.db.pool.query(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and (relname like 'auth\\_%' or relname = 'users' or (relforcerowsecurity and relname <> 'provider_calls')) order by 1`,
    )
    expect(tables.rows.length).toBeGreaterThan(10)
    const seen: Record<string, unknown> = {}
    for (const { name } of tables.rows)
      seen[name] = await daemon.pool.query(`select * from ${name}`).then(
        (r) => r.rowCount,
        (e) => e.code,
      )
    expect(Object.entries(seen).filter(([, rows]) => rows !== '42501' && rows !== 0)).toEqual([])
    for (const statement of [
      `update user_data_sources set hint = 'x'`,
      `update user_data_sources set user_id = 'b'`,
      'select hint from user_data_sources',
      'delete from user_data_sources',
      'insert into user_data_sources (id) values (gen_random_uuid())',
      'truncate user_data_sources',
    ])
      expect(await refusal(daemon.pool.query(statement)), statement).toBe('42501')
    expect(
      await refusal(daemon.pool.query('update user_data_sources set sealed = null, key_id = null')),
    ).toBe('42501')
  })

  test('forgets the old calls of all', async () => {
    const call = {
      at: NOON,
      source: 's',
      priority: 'user',
      scope: 'all',
      what: 'h',
      outcome: 'ok',
      status: 200,
      latencyMs: 1,
    }
    await recordCalls(api, [call, { ...call, userId: 'bert' }])
    expect(await purgeCalls(daemon, NOON + 1)).toBe(2)
  })
})
