import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connect } from './connect.ts'
import { listen } from './notify.ts'
import { readEnvironment } from './reads/read-environment.ts'
import { type TestDatabase, testDatabase } from './testing.ts'
import { inTransaction } from './transaction.ts'
import { writeMarketShift } from './writes/write-market-shift.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

/** What a server that dies does to its clients, for all of one name. */
const breakConnections = (applicationName: string) =>
  t.db.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
    [applicationName],
  )

test('idle connections that break are replaced, without a crash', async () => {
  const db = connect({ url: t.url, applicationName: 'healing' })
  const crash = vi.fn()
  process.on('uncaughtException', crash)
  await Promise.all([1, 2, 3].map(() => db.pool.query('select pg_sleep(0.02)')))
  await breakConnections('healing')
  await vi.waitFor(async () => expect((await readEnvironment(db)).mode).toBe('demo'), { timeout: 10_000 })
  process.off('uncaughtException', crash)
  expect(crash).not.toHaveBeenCalled()
  await db.end()
})

test('a connection that breaks inside a transaction fails that transaction alone', async () => {
  const db = connect({ url: t.url, applicationName: 'mid-flight', poolMax: 1 })
  const broken = inTransaction(db, async (client) => {
    await client.query('select 1')
    const gone = new Promise<void>((resolve) => client.once('end', () => resolve()))
    await breakConnections('mid-flight')
    await gone // between two statements: nobody is asking, so nobody but the listener hears it
    await client.query('select 2')
  })
  await expect(broken).rejects.toThrow()
  expect((await db.pool.query('select 3 as n')).rows).toEqual([{ n: 3 }])
  await db.end()
})

test('an error rolls all of it back, and the connection serves again', async () => {
  const db = connect({ url: t.url, applicationName: 'rollback', poolMax: 1 })
  const work = inTransaction(db, async (client) => {
    await client.query(`insert into sources (name) values ('never')`)
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  expect((await db.pool.query(`select 1 from sources where name = 'never'`)).rows).toEqual([])
  await db.end()
})

test('a listener hears, and catches up after its connection was lost', async () => {
  const heard: string[] = []
  let connects = 0
  const listener = listen({
    url: t.url,
    channels: ['onetape_batch', 'onetape_clock'],
    applicationName: 'ears',
    onMessage: (channel, payload) => heard.push(`${channel} ${payload}`),
    onReconnect: () => {
      connects++
    },
  })
  await vi.waitFor(() => expect(connects).toBe(1), { timeout: 10_000 })
  await writeMarketShift(t.db, { shiftUs: 5_000_000, from: 1, to: 5_000_001 })
  await vi.waitFor(() => expect(heard).toEqual(['onetape_clock 5000000']), { timeout: 10_000 })
  await breakConnections('ears')
  await vi.waitFor(() => expect(connects).toBe(2), { timeout: 10_000 })
  await writeMarketShift(t.db, { shiftUs: 6_000_000, from: 1, to: 6_000_001 })
  await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 10_000 })
  await listener.close()
  await vi.waitFor(async () => {
    const { rows } = await t.db.pool.query(`select 1 from pg_stat_activity where application_name = 'ears'`)
    expect(rows).toEqual([])
  })
})

test('a listener without a server keeps trying, and closes at once', async () => {
  const listener = listen({
    url: 'postgres://u@127.0.0.1:1/x',
    channels: ['c'],
    onMessage() {},
    onReconnect: () => expect.unreachable(),
  })
  await listener.close()
})
