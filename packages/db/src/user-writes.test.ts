// A user's sources, orders, pins and sign-ins as the API writes them: concurrent edits, and what goes with a source.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from './connect.ts'
import { readOrders } from './reads/read-orders.ts'
import { readOutages } from './reads/read-outages.ts'
import { readPins } from './reads/read-pins.ts'
import { readPreference } from './reads/read-preference.ts'
import { readUserSource } from './reads/read-user-source.ts'
import { readUserSources } from './reads/read-user-sources.ts'
import { hour, NOON } from './sample-batches.ts'
import { type TestDatabase, testDatabase } from './testing.ts'
import { asUser, EditConflict, type UserTx } from './user-scope.ts'
import { addUserSource } from './writes/add-user-source.ts'
import { beginSignIn } from './writes/begin-sign-in.ts'
import { changeUserSource } from './writes/change-user-source.ts'
import { endOutage } from './writes/end-outage.ts'
import { removeUserSource } from './writes/remove-user-source.ts'
import { takeSignIn } from './writes/take-sign-in.ts'
import { writeOrder } from './writes/write-order.ts'
import { writeOutage } from './writes/write-outage.ts'
import { writePin } from './writes/write-pin.ts'

let t: TestDatabase
let api: Db
let userId: string
let other: string
beforeAll(async () => {
  t = await testDatabase()
  api = t.as('onetape_api')
}, 120_000)
afterAll(() => t.drop())

async function newUser(): Promise<string> {
  const id = randomUUID()
  await t.db.pool.query(`insert into users (id, name, email) values ($1, 'A', $1 || '@x.test')`, [id])
  return id
}
beforeEach(async () => {
  userId = await newUser()
  other = await newUser()
})

const mine = <T>(work: (tx: UserTx) => Promise<T>) => asUser(api, userId, work)
const theirs = <T>(work: (tx: UserTx) => Promise<T>) => asUser(api, other, work)
const source = (name: string, more: object = {}) => ({
  ...{ id: randomUUID(), sourceId: randomUUID(), name, provider: 'alpaca', label: 'Mine', isPrimary: false },
  ...{ tier: 'iex', state: 'connected' as const, hint: '…3F', keyId: 'k1', sealed: Buffer.from([0, 1, 255]) },
  ...{ expiresAt: hour(24), capabilities: { ok: true }, probedAt: NOON, at: NOON },
  ...more,
})
const order = (primary: string, ...fallbacks: string[]) => ({ primary, fallbacks })
const quotes = { kind: 'quotes', assetClass: 'all', at: NOON } as const

describe('sources', () => {
  test('are read as they were written, in the order in which they came', async () => {
    const [a, b] = [
      source('alpaca'),
      source('alpaca:2', { at: hour(1), sealed: null, keyId: null, hint: null }),
    ]
    for (const s of [a, b]) await mine((tx) => addUserSource(tx, s))
    const { at: _a, ...first } = a
    const { at: _b, ...second } = b
    expect(await mine(readUserSources)).toEqual([
      { ...first, isPrimary: true, version: expect.any(Number), createdAt: NOON, updatedAt: NOON },
      { ...second, version: expect.any(Number), createdAt: hour(1), updatedAt: hour(1) },
    ])
    expect(await theirs(readUserSources)).toEqual([])
    expect(await theirs((tx) => readUserSource(tx, a.id))).toBeNull()
  })

  test('two that take one name at once: one gets it, the other is told', async () => {
    const results = await Promise.allSettled(
      [1, 2].map(() => mine((tx) => addUserSource(tx, source('alpaca')))),
    )
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((results.find((r) => r.status === 'rejected') as PromiseRejectedResult).reason).toBeInstanceOf(
      EditConflict,
    )
    await theirs((tx) => addUserSource(tx, source('alpaca')))
  })

  test('of two edits of one version one wins, the other is told, and neither touches another’s', async () => {
    const { id, version } = await mine((tx) => addUserSource(tx, source('alpaca')))
    const rename = (label: string) => mine((tx) => changeUserSource(tx, { id, version, label, at: hour(1) }))
    const results = await Promise.allSettled([rename('One'), rename('Two')])
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const won = (results.find((r) => r.status === 'fulfilled') as PromiseFulfilledResult<{ label: string }>)
      .value
    expect(await mine((tx) => readUserSource(tx, id))).toMatchObject({
      label: won.label,
      hint: '…3F',
      tier: 'iex',
    })
    const now = (await mine((tx) => readUserSource(tx, id)))!
    await expect(
      theirs((tx) => changeUserSource(tx, { id, version: now.version, label: 'Stolen', at: NOON })),
    ).rejects.toThrow(EditConflict)
    expect(await theirs((tx) => removeUserSource(tx, id))).toBe(false)
    expect(await mine((tx) => readUserSource(tx, id))).toEqual(now)
  })

  test('a credential is replaced, a source paused, and what was not named stays', async () => {
    const made = await mine((tx) => addUserSource(tx, source('alpaca')))
    const sealed = Buffer.from('other')
    const changed = await mine((tx) =>
      changeUserSource(tx, {
        id: made.id,
        version: made.version,
        at: hour(2),
        sealed,
        keyId: 'k2',
        expiresAt: null,
        state: 'paused',
        tier: 'sip',
      }),
    )
    expect(changed).toEqual({
      ...made,
      ...{ sealed, keyId: 'k2', expiresAt: null, state: 'paused', tier: 'sip', updatedAt: hour(2) },
      version: expect.any(Number),
    })
    expect(changed.version).not.toBe(made.version)
  })

  test('one is the primary, also when two become it at once, and when it is removed', async () => {
    const made = []
    for (const n of [1, 2, 3])
      made.push(await mine((tx) => addUserSource(tx, source(`alpaca:${n}`, { at: hour(n) }))))
    const primaries = async () => (await mine(readUserSources)).filter((s) => s.isPrimary).map((s) => s.name)
    expect(await primaries()).toEqual(['alpaca:1'])
    const results = await Promise.allSettled(
      made
        .slice(1)
        .map(({ id, version }) =>
          mine((tx) => changeUserSource(tx, { id, version, at: NOON, isPrimary: true })),
        ),
    )
    expect(await primaries()).toHaveLength(1)
    expect(results.some((r) => r.status === 'fulfilled')).toBe(true)
    const [primary] = (await mine(readUserSources)).filter((s) => s.isPrimary)
    await mine((tx) => removeUserSource(tx, primary!.id))
    expect(await primaries()).toEqual(['alpaca:1'])
  })

  test('one that is removed takes its name out of orders, pins and outages', async () => {
    const { id } = await mine((tx) => addUserSource(tx, source('alpaca')))
    await mine(async (tx) => {
      await writeOrder(tx, { ...quotes, order: order('alpaca', 'polygon', 'finnhub'), version: 0 })
      await writeOrder(tx, { ...quotes, assetClass: 'equity', order: order('polygon', 'alpaca'), version: 0 })
      await writeOrder(tx, { ...quotes, kind: 'charts', order: order('alpaca'), version: 0 })
      await writeOrder(tx, { ...quotes, kind: 'options', order: order('polygon'), version: 0 })
      for (const [key, name] of [
        ['equity:AAPL', 'alpaca'],
        ['equity:MSFT', 'polygon'],
      ] as const)
        await writePin(tx, { key, kind: 'quotes', source: name, version: 0, at: NOON })
      for (const name of ['alpaca', 'polygon']) await writeOutage(tx, { source: name, until: hour(1) })
    })
    await theirs((tx) => writeOrder(tx, { ...quotes, order: order('alpaca'), version: 0 }))
    expect(await mine((tx) => removeUserSource(tx, id))).toBe(true)
    const left = (await mine(readOrders)).map((o) => [
      o.kind,
      o.assetClass,
      o.order.primary,
      ...o.order.fallbacks,
    ])
    expect(left).toEqual([
      ['options', 'all', 'polygon'],
      ['quotes', 'all', 'polygon', 'finnhub'],
      ['quotes', 'equity', 'polygon'],
    ])
    expect((await mine(readPins)).map((p) => p.key)).toEqual(['equity:MSFT'])
    expect((await mine((tx) => readOutages(tx, NOON))).map((o) => o.source)).toEqual(['polygon'])
    expect(await theirs(readOrders)).toHaveLength(1)
    expect(await mine((tx) => removeUserSource(tx, id))).toBe(false)
    expect(
      (await t.db.pool.query('select from user_data_sources where user_id = $1', [userId])).rowCount,
    ).toBe(0)
  })
})

describe('orders and pins', () => {
  test('that of the class goes before the one for all; none of it is another’s', async () => {
    await mine((tx) => writeOrder(tx, { ...quotes, order: order('a', 'b'), version: 0 }))
    await mine((tx) => writeOrder(tx, { ...quotes, assetClass: 'crypto', order: order('c'), version: 0 }))
    const of = (assetClass: 'crypto' | 'equity') => (tx: UserTx) =>
      readPreference(tx, { kind: 'quotes', assetClass })
    expect(await mine(of('crypto'))).toEqual(order('c'))
    expect(await mine(of('equity'))).toEqual(order('a', 'b'))
    expect(await theirs(of('equity'))).toBeNull()
  })

  const WRITES = {
    order: (value: string | null, version: number) => (tx: UserTx) =>
      writeOrder(tx, { ...quotes, order: value === null ? null : order(value), version }),
    pin: (value: string | null, version: number) => (tx: UserTx) =>
      writePin(tx, { key: 'equity:AAPL', kind: 'quotes', source: value, version, at: NOON }),
  }
  describe.each(Object.entries(WRITES))('%s', (_, write) => {
    test('a stale version is refused, also of one that was removed and made anew', async () => {
      const first = await mine(write('a', 0))
      await expect(mine(write('b', 0))).rejects.toThrow(EditConflict)
      const second = await mine(write('b', first.version))
      await expect(mine(write('c', first.version))).rejects.toThrow(EditConflict)
      await expect(mine(write(null, first.version))).rejects.toThrow(EditConflict)
      await expect(mine(write(null, 0))).rejects.toThrow(EditConflict)
      expect(await mine(write(null, second.version))).toEqual({ version: 0 })
      expect(await mine(write(null, 0))).toEqual({ version: 0 })
      const third = await mine(write('d', 0))
      expect([first.version, second.version]).not.toContain(third.version)
      await expect(mine(write('e', second.version))).rejects.toThrow(EditConflict)
      await expect(theirs(write('e', third.version))).rejects.toThrow(EditConflict)
    })

    test.each([0, 1])('of eight at once that saw one version, one wins (begun: %i)', async (begun) => {
      const version = begun ? (await mine(write('first', 0))).version : 0
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => mine(write(`s${n}`, version))),
      )
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
      for (const r of results) if (r.status === 'rejected') expect(r.reason).toBeInstanceOf(EditConflict)
    })
  })
})

test('an outage is over at its time, or when it is ended', async () => {
  await mine((tx) => writeOutage(tx, { source: 'alpaca', until: hour(1) }))
  await mine((tx) => writeOutage(tx, { source: 'alpaca', until: hour(2) }))
  expect(await mine((tx) => readOutages(tx, hour(1)))).toEqual([{ source: 'alpaca', until: hour(2) }])
  expect(await mine((tx) => readOutages(tx, hour(2)))).toEqual([])
  expect(await theirs((tx) => endOutage(tx, 'alpaca'))).toBe(false)
  expect(await mine((tx) => endOutage(tx, 'alpaca'))).toBe(true)
  expect(await mine((tx) => readOutages(tx, NOON))).toEqual([])
})

test('a sign-in is taken once, by whoever began it', async () => {
  const until = Date.now() * 1000 + 60_000_000
  const row = {
    ...{ state: randomUUID(), provider: 'schwab', connectionId: null, label: 'Mine' },
    ...{ sealed: Buffer.from('app'), keyId: 'k1', expiresAt: until },
  }
  await mine((tx) => beginSignIn(tx, { ...row, state: 'of long ago', expiresAt: until - 3_600_000_000 }))
  await mine((tx) => beginSignIn(tx, row))
  expect(await theirs((tx) => takeSignIn(tx, row.state))).toBeNull()
  const taken = await Promise.all([1, 2, 3].map(() => mine((tx) => takeSignIn(tx, row.state))))
  expect(taken.filter((r) => r !== null)).toEqual([row])
  expect(await mine((tx) => takeSignIn(tx, 'of long ago'))).toBeNull()
})
