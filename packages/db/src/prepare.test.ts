import { createServer, type Server, type Socket } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import { prepareDatabase } from './prepare.ts'
import { DatabaseProblem } from './problem.ts'
import { readEnvironment } from './reads/read-environment.ts'
import { readTiers } from './reads/read-tiers.ts'
import { type TestDatabase, testDatabase } from './testing.ts'

let t: TestDatabase
const made: string[] = []
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(async () => {
  for (const name of made) await t.db.pool.query(`drop database if exists ${name} with (force)`)
  await t.db.pool.query('drop role if exists onetape_test_guest')
  await t.drop()
})

function freshName(): string {
  const name = `${new URL(t.url).pathname.slice(1)}_p${made.length}`
  made.push(name)
  return name
}

function addressOf(
  database: string,
  more: { user?: string; password?: string; host?: string; port?: string } = {},
): string {
  const url = new URL(t.url)
  url.pathname = `/${database}`
  if (more.user) url.username = more.user
  if (more.password) url.password = more.password
  if (more.host) url.hostname = more.host
  if (more.port) url.port = more.port
  return url.href
}

async function problem(
  url: string,
  o: { mode?: 'demo' | 'live'; createIfMissing?: boolean } = {},
): Promise<string> {
  const error = await prepareDatabase({ url, mode: 'demo', ...o }).then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(DatabaseProblem)
  const { message } = error as DatabaseProblem
  expect(message).not.toMatch(/\n|secret/)
  return message
}

test('four processes at once create, migrate and mark one database', async () => {
  const url = addressOf(freshName())
  await Promise.all(
    Array.from({ length: 4 }, () => prepareDatabase({ url, mode: 'live', createIfMissing: true })),
  )
  const db = connect({ url, applicationName: 'test' })
  const { mode, environmentId, shiftUs } = await readEnvironment(db)
  expect({ mode, shiftUs }).toEqual({ mode: 'live', shiftUs: 0 })
  expect((await readTiers(db)).map((x) => [x.name, x.frequencyS, x.priority])).toEqual([
    ['user_watchlist', 60, 1],
    ['core', 60, 2],
    ['sp500', 300, 3],
    ['russell3000', 900, 4],
    ['full_universe', 3600, 5],
  ])
  await prepareDatabase({ url, mode: 'live' })
  expect((await readEnvironment(db)).environmentId).toBe(environmentId)
  await db.end()
})

test('two modes racing for an empty database: one gets it, the other is told', async () => {
  const url = addressOf(freshName())
  const results = await Promise.allSettled(
    (['demo', 'live'] as const).map((mode) => prepareDatabase({ url, mode, createIfMissing: true })),
  )
  expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
})

describe('one clear line for', () => {
  test('a database of the other mode, which stays as it was', async () => {
    expect(await problem(t.url, { mode: 'live' })).toMatch(
      /^This database holds simulated prices; .*Start in demo/,
    )
    const url = addressOf(freshName())
    await prepareDatabase({ url, mode: 'live', createIfMissing: true })
    expect(await problem(url)).toMatch(/^This database holds live prices; .*Start with --live/)
  })

  test.each([
    ['not an address', /not a connection string/],
    ['mysql://u:secret@host/db', /begins with "mysql:"/],
    ['postgres://u:secret@host', /names no database/],
    ['postgres://u:secret@127.0.0.1:1/db', /No PostgreSQL answers at 127\.0\.0\.1:1/],
    [
      'postgres://u:secret@no-such-host.invalid/db',
      /host of no-such-host\.invalid:5432 (is not known|cannot be looked up)/,
    ],
    ['postgres://u:secret@127.0.0.1:1/a%ZZ', /encodes nothing/],
  ])('%s', async (url, expected) => {
    expect(await problem(url)).toMatch(expected)
  })

  test('a database that is missing and may not be created', async () => {
    expect(await problem(addressOf('onetape_no_such_database'))).toMatch(
      /There is no database "onetape_no_such_database".*createdb/,
    )
  })

  test('a database of something else, which is left alone', async () => {
    const name = freshName()
    await t.db.pool.query(`create database ${name}`)
    const client = new Client({ connectionString: addressOf(name) })
    await client.connect()
    await client.query('create table customers (id int)')
    expect(await problem(addressOf(name))).toMatch(/holds tables of something else/)
    const { rows } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace`,
    )
    expect(rows).toEqual([{ relname: 'customers' }])
    await client.end()
  })

  test('a database that is not UTF-8', async () => {
    const name = freshName()
    await t.db.pool.query(
      `create database ${name} template template0 encoding 'SQL_ASCII' locale_provider libc lc_collate 'C' lc_ctype 'C'`,
    )
    expect(await problem(addressOf(name))).toMatch(/encoded in SQL_ASCII: OneTape needs UTF8/)
  })

  test('a role without rights', async () => {
    await t.db.pool.query(
      `do $$ begin create role onetape_test_guest login password 'secret'; exception when duplicate_object then null; end $$`,
    )
    const name = freshName()
    await t.db.pool.query(`create database ${name}`)
    await t.db.pool.query(`revoke create on database ${name} from public`)
    const guest = { user: 'onetape_test_guest', password: 'secret' }
    expect(await problem(addressOf(name, guest))).toMatch(/role "onetape_test_guest" has too few rights/)
    expect(await problem(addressOf(freshName(), guest), { createIfMissing: true })).toMatch(
      /may not create it/,
    )
  })

  test('a tape that a newer OneTape migrated', async () => {
    const url = addressOf(freshName())
    await prepareDatabase({ url, mode: 'demo', createIfMissing: true })
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)`,
    )
    await client.end()
    expect(await problem(url)).toMatch(/migrated by a newer OneTape/)
  })

  test('a server that is too old', async () => {
    const old = await fakePostgres({ number: 140_012, version: '14.12', encoding: 'UTF8', standby: false })
    expect(await problem(old.url)).toMatch(
      /^PostgreSQL 14\.12 at 127\.0\.0\.1:\d+ is too old: OneTape needs PostgreSQL 15 or newer\.$/,
    )
    await old.close()
  })

  test('a standby', async () => {
    const standby = await fakePostgres({ number: 160_001, version: '16.1', encoding: 'UTF8', standby: true })
    expect(await problem(standby.url)).toMatch(/read-only/)
    await standby.close()
  })

  test('something that is no PostgreSQL', async () => {
    const server = await listening((socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    expect(await problem(`postgres://u:secret@127.0.0.1:${server.port}/db`)).toMatch(
      /Is it a PostgreSQL server\?|cannot be used/,
    )
    await server.close()
  })
})

test('a role without the right to create tables may use a tape that is level', async () => {
  const name = freshName()
  const url = addressOf(name)
  await prepareDatabase({ url, mode: 'demo', createIfMissing: true })
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(
    `do $$ begin create role onetape_test_guest login password 'secret'; exception when duplicate_object then null; end $$`,
  )
  await client.query('grant usage on schema drizzle to onetape_test_guest')
  await client.query('grant select on all tables in schema drizzle, public to onetape_test_guest')
  await client.query('grant insert on tape_environment to onetape_test_guest')
  await client.query('grant onetape_api, onetape_daemon to onetape_test_guest')
  await prepareDatabase({
    url: addressOf(name, { user: 'onetape_test_guest', password: 'secret' }),
    mode: 'demo',
  })
  await client.end()
})

interface Listening {
  port: number
  close(): Promise<void>
}

async function listening(onSocket: (socket: Socket) => void): Promise<Listening> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Speaks just enough of the protocol to say which server it is. */
async function fakePostgres(answer: { number: number; version: string; encoding: string; standby: boolean }) {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5)
    head.write(type)
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
  }
  const ready = message('Z', Buffer.from('I'))
  const columns = [
    ['number', 23, String(answer.number)],
    ['version', 25, answer.version],
    ['encoding', 25, answer.encoding],
    ['standby', 16, answer.standby ? 't' : 'f'],
  ] as const
  const int16 = (n: number) => Buffer.from([n >> 8, n & 255])
  const int32 = (n: number) => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255])
  const description = columns.map(([name, oid]) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      int32(0),
      int16(0),
      int32(oid),
      int16(-1 & 0xffff),
      int32(-1),
      int16(0),
    ]),
  )
  const row = columns.map(([, , text]) => Buffer.concat([int32(text.length), Buffer.from(text)]))
  const result = Buffer.concat([
    message('T', Buffer.concat([int16(columns.length), ...description])),
    message('D', Buffer.concat([int16(columns.length), ...row])),
    message('C', Buffer.from('SELECT 1\0')),
    ready,
  ])
  const server = await listening((socket) => {
    let greeted = false
    socket.on('data', (data) => {
      if (!greeted) {
        greeted = true
        socket.write(Buffer.concat([message('R', int32(0)), ready]))
      } else if (data[0] === 'X'.charCodeAt(0)) socket.end()
      else socket.write(result)
    })
  })
  return { url: `postgres://u:secret@127.0.0.1:${server.port}/db`, close: server.close }
}
