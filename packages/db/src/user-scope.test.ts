// What is a user's is seen, changed and removed by nobody else, whatever is asked: every table of the catalog that has a
// `user_id` is put to it, so a new one is too.
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Db } from './connect.ts'
import { readCalls } from './reads/read-calls.ts'
import { NOON, newInstruments } from './sample-batches.ts'
import { authSessions, userPins, users } from './schema/index.ts'
import { type TestDatabase, testDatabase } from './testing.ts'
import { asUser, USER_CHANNEL } from './user-scope.ts'
import { recordCalls } from './writes/record-calls.ts'
import { writeOutage } from './writes/write-outage.ts'

/** The sign-in library's own: it asks before it is known who does. */
const OUTSIDE = ['auth_accounts', 'auth_sessions']
const ANNA = 'anna'
const BERT = "bert'; select 1; --"

let t: TestDatabase
let api: Db
let tables: string[]
const ids = { connection: randomUUID(), source: randomUUID(), watchlist: randomUUID() }

beforeAll(async () => {
  t = await testDatabase()
  api = t.as('onetape_api')
  const { rows } = await t.db.pool.query(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  tables = rows.map((row) => row.name).filter((name) => !OUTSIDE.includes(name))
  for (const id of [ANNA, BERT])
    await t.db.pool.query('insert into users (id, name, email) values ($1, $1, $2)', [
      id,
      `${randomUUID()}@x.test`,
    ])
  await seed()
}, 120_000)
afterAll(() => t.drop())

/** One row of Anna's in each table. */
async function seed(): Promise<void> {
  const [instrument] = await newInstruments(t.db, 1)
  const rows: Record<string, string> = {
    broker_connections: `(id, user_id, provider, label, is_primary, data_tier, created_at, updated_at)
      values ('${ids.connection}', 'anna', 'alpaca', 'mine', true, 'iex', now(), now())`,
    user_data_sources: `(id, user_id, connection_id, source, tier, sealed, key_id)
      values ('${ids.source}', 'anna', '${ids.connection}', 'alpaca', 'iex', 'x', 'k1')`,
    user_data_preferences: `values ('anna', 'quotes', 'all', 'alpaca', '{}', now())`,
    user_pins: `values ('anna', 'equity:AAPL', 'quotes', 'alpaca', default, now())`,
    user_outages: `values ('anna', 'alpaca', now() + interval '1 hour')`,
    oauth_sign_ins: `values ('state-of-anna', 'anna', 'schwab', '${ids.connection}', 'mine', 'x', 'k1', now() + interval '1 hour')`,
    provider_calls: `(at, source, priority, scope, what, outcome, latency_ms, user_id)
      values (now(), 'alpaca', 'user', 'all', 'host/path', 'ok', 1, 'anna')`,
    watchlists: `(id, user_id, name, position) values ('${ids.watchlist}', 'anna', 'mine', 1)`,
    watchlist_items: `values ('${ids.watchlist}', 'anna', ${instrument}, 1)`,
  }
  const order = ['broker_connections', 'watchlists']
  for (const table of [...order, ...tables.filter((name) => !order.includes(name))]) {
    if (!rows[table]) throw new Error(`${table} has a user_id and no row in this test.`)
    await t.db.pool.query(`insert into ${table} ${rows[table]}`)
  }
}

const countOf = async (table: string, where = 'true') =>
  (await t.db.pool.query(`select count(*) as n from ${table} where ${where}`)).rows[0].n as number
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'it went through',
    (error: { code?: string }) => error.code,
  )

test('every table with a user_id is under forced row-level security, with a policy for each role that may touch it', async () => {
  const { rows } = await t.db.pool.query(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
       exists (select from pg_policy p where p.polrelid = c.oid and 'onetape_api'::regrole = any (p.polroles)) as "hasPolicy",
       exists (select from pg_policy p where p.polrelid = c.oid and 0 = any (p.polroles)) as "isForAll"
     from pg_class c where c.relname = any ($1) and c.relnamespace = 'public'::regnamespace order by 1`,
    [tables],
  )
  expect(rows).toEqual(tables.map((name) => ({ name, forced: true, hasPolicy: true, isForAll: false })))
  expect(tables).toContain('user_data_sources')
  expect(
    await countOf(
      'pg_roles',
      `rolname like 'onetape\\_%' and (rolsuper or rolbypassrls or rolcanlogin)
    and rolname in ('onetape_api', 'onetape_daemon')`,
    ),
  ).toBe(0)
})

describe('by raw statements', () => {
  test('another user sees, changes and removes nothing, and writes nothing in her name', async () => {
    for (const table of tables) {
      const hers = await countOf(table, "user_id = 'anna'")
      expect(hers, table).toBeGreaterThan(0)
      await asUser(api, BERT, async ({ client }) => {
        const run = async (text: string) => (await client.query(text)).rowCount
        expect(await run(`select from ${table} where user_id is not null`), table).toBe(0)
        expect(await run(`update ${table} set user_id = user_id where user_id = 'anna'`), table).toBe(0)
        expect(await run(`delete from ${table} where user_id = 'anna'`), table).toBe(0)
        await client.query('savepoint before')
        const copy = `insert into ${table} select (jsonb_populate_record(null::${table}, $1)).*`
        const { rows } = await t.db.pool.query(
          `select to_jsonb(x) as x from ${table} x where user_id = 'anna'`,
        )
        const overriding =
          table === 'provider_calls' ? copy.replace('select', 'overriding system value select') : copy
        const refused = await code(client.query(overriding, [JSON.stringify(rows[0].x)]))
        expect(refused, table).toBe('42501')
        await client.query('rollback to savepoint before')
      })
      expect(await countOf(table, "user_id = 'anna'"), table).toBe(hers)
    }
  })

  test('she sees her own', async () => {
    for (const table of tables) {
      const { rowCount } = await asUser(api, ANNA, ({ client }) =>
        client.query(`select from ${table} where user_id = 'anna'`),
      )
      expect(rowCount, table).toBe(await countOf(table, "user_id = 'anna'"))
    }
  })

  test('a row cannot be given to another, nor hung on what is another’s', async () => {
    const give = (table: string) =>
      asUser(api, ANNA, ({ client }) => client.query(`update ${table} set user_id = $1`, [BERT]))
    for (const table of tables) expect(await code(give(table)), table).toBe('42501')
    const hang = asUser(api, BERT, ({ client, userId }) =>
      client.query(`insert into oauth_sign_ins values ('s', $1, 'schwab', $2, 'mine', null, null, now())`, [
        userId,
        ids.connection,
      ]),
    )
    expect(await code(hang)).toBe('23503')
  })

  test('a connection on which nobody is set sees nobody’s rows, before and after a user was on it', async () => {
    const alone = t.as('onetape_api')
    alone.pool.options.max = 1
    const seen = async () => {
      let rows = 0
      for (const table of tables)
        rows += (await alone.pool.query(`select from ${table} where user_id is not null`)).rowCount ?? 0
      return rows
    }
    expect(await seen()).toBe(0)
    const pid = async () => (await alone.pool.query('select pg_backend_pid() as pid')).rows[0].pid
    const before = await pid()
    await asUser(alone, ANNA, async ({ client }) => {
      const { rowCount } = await client.query('select from user_pins')
      expect(rowCount).toBe(1)
    })
    await expect(
      asUser(alone, ANNA, async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await pid()).toBe(before)
    expect(await seen()).toBe(0)
    const { rows } = await alone.pool.query(
      `select current_setting('onetape.user_id', true) as set, onetape_user_id() as id`,
    )
    expect(rows).toEqual([{ set: '', id: null }])
    const { rowCount } = await asUser(alone, BERT, ({ client }) => client.query('select from user_pins'))
    expect(rowCount).toBe(0)
  })

  test('a reset of the session does not lift the role', async () => {
    await asUser(api, BERT, async ({ client }) => {
      await client.query('reset role')
      const { rows } = await client.query(
        'select current_user::text as me, (select count(*) from user_pins) as pins',
      )
      expect(rows).toEqual([{ me: 'onetape_api', pins: 0 }])
    })
  })
})

const pinOf = (secret: string) => ({
  ...{ userId: BERT, instrumentKey: secret, preferenceType: 'quotes' as const, source: secret },
  updatedAt: NOON,
})

test('nobody is no user', async () => {
  await expect(asUser(api, '', async () => {})).rejects.toThrow(RangeError)
  const { rows } = await t.db.pool.query(
    `select conname from pg_constraint where conname in ('users_id', 'provider_calls_user') order by 1`,
  )
  expect(rows.map((r) => r.conname)).toEqual(['provider_calls_user', 'users_id'])
})

test('a query that fails says nothing of its values, and keeps the server’s code', async () => {
  const secret = 'a-token-that-nobody-may-read'
  const session = { id: secret, token: secret, userId: 'of nobody', expiresAt: new Date() }
  const failures = await Promise.all([
    api.drizzle
      .insert(authSessions)
      .values(session)
      .catch((e) => e),
    asUser(api, ANNA, ({ drizzle }) => drizzle.insert(userPins).values(pinOf(secret))).catch((e) => e),
    api.drizzle
      .insert(users)
      .values({ id: '', name: secret, email: secret })
      .catch((e) => e),
  ])
  expect(failures.map((e) => e.cause?.code)).toEqual(['23503', '42501', '23514'])
  for (const failure of failures)
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(secret)
})

test('an error undoes all of it, and nobody is told', async () => {
  const listener = await t.db.pool.connect()
  const heard: string[] = []
  listener.on('notification', (n) => heard.push(n.payload ?? ''))
  await listener.query(`listen ${USER_CHANNEL}`)
  const failed = asUser(api, ANNA, async (tx) => {
    await writeOutage(tx, { source: 'polygon', until: NOON })
    throw new Error('undone')
  })
  await expect(failed).rejects.toThrow('undone')
  await asUser(api, ANNA, (tx) => writeOutage(tx, { source: 'finnhub', until: NOON }))
  await expect
    .poll(async () => {
      await listener.query('select 1')
      return heard.map((text) => JSON.parse(text))
    })
    .toEqual([{ userId: ANNA, what: 'outages' }])
  expect(await countOf('user_outages', "source = 'polygon'")).toBe(0)
  listener.release(true)
})

test('calls of the house and of each user are kept apart', async () => {
  const call = (source: string, userId?: string) => ({
    ...{ at: NOON, source, priority: 'user', scope: 'all', what: 'host/path', outcome: 'ok', status: 200 },
    ...{ latencyMs: 1, userId },
  })
  await recordCalls(api, [
    call('polygon'),
    call('polygon', ANNA),
    call('polygon', BERT),
    call('polygon', BERT),
  ])
  const of = async (db: Db, userId?: string) =>
    (await readCalls(db, { source: 'polygon', userId, limit: 10 })).map((c) => c.userId)
  expect(await of(api)).toEqual([null])
  expect(await of(api, ANNA)).toEqual([ANNA])
  expect(await of(api, BERT)).toEqual([BERT, BERT])
  const raw = await asUser(api, ANNA, ({ client }) =>
    client.query(`select from provider_calls where source = 'polygon'`),
  )
  expect(raw.rowCount).toBe(2)
  expect(await code(recordCalls(t.as('onetape_daemon'), [call('polygon', ANNA)]))).toBe('42501')
})

test('with the user goes all that is his', async () => {
  await t.db.pool.query(`insert into users (id, name, email) values ('carl', 'Carl', 'carl@x.test')`)
  await asUser(api, 'carl', (tx) => writeOutage(tx, { source: 'alpaca', until: NOON }))
  await api.pool.query(`delete from users where id = 'carl'`)
  expect(await countOf('user_outages', "user_id = 'carl'")).toBe(0)
})
