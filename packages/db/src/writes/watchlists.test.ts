// A user's lists and the leases of those that are shown, as the API's role and the daemon's have them.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Db } from '../connect.ts'
import { readMembers } from '../reads/read-members.ts'
import { readTiers } from '../reads/read-tiers.ts'
import { readUniverseMark } from '../reads/read-universe-mark.ts'
import { readWatchlistIds } from '../reads/read-watchlist-ids.ts'
import { readWatchlists } from '../reads/read-watchlists.ts'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { asUser, EditConflict, type UserTx } from '../user-scope.ts'
import { WATCHLIST_ITEMS_MAX, WATCHLISTS_MAX } from '../watchlist.ts'
import { addWatchlist } from './add-watchlist.ts'
import { addWatchlistItems } from './add-watchlist-items.ts'
import { changeWatchlist } from './change-watchlist.ts'
import { dropWatchlistItems } from './drop-watchlist-items.ts'
import { holdWatch } from './hold-watch.ts'
import { mintInstruments } from './mint-instruments.ts'
import { orderWatchlists } from './order-watchlists.ts'
import { removeWatchlist } from './remove-watchlist.ts'
import { setTierMembers } from './set-tier-members.ts'

const SYMBOLS = ['AAA', 'BBB', 'CCC', 'DDD']
const key = (symbol: string) => `equity:US:${symbol}`

let t: TestDatabase
let api: Db
let daemon: Db
const ids = new Map<string, number>()
beforeAll(async () => {
  t = await testDatabase()
  api = t.as('onetape_api')
  daemon = t.as('onetape_daemon')
  const minted = await mintInstruments(
    t.db,
    SYMBOLS.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  for (const { symbol, id } of minted) ids.set(symbol, id)
}, 120_000)
afterAll(() => t.drop())

let ann: <T>(work: (tx: UserTx) => Promise<T>) => Promise<T>
let bob: typeof ann
beforeEach(async () => {
  const [a, b] = [randomUUID(), randomUUID()]
  for (const id of [a, b])
    await t.db.pool.query('insert into users (id, name, email) values ($1, $1, $1)', [id])
  ann = (work) => asUser(api, a, work)
  bob = (work) => asUser(api, b, work)
  await t.db.pool.query('delete from watched_symbols')
})

const lists = (of: typeof ann) => of((tx) => readWatchlists(tx))
const shape = async (of: typeof ann) =>
  (await lists(of)).map((l) => [l.name, ...l.items.map((i) => i.symbol)])
const make = (of: typeof ann, name: string, symbols: readonly string[] = [], position?: number) =>
  of((tx) => addWatchlist(tx, { name, keys: symbols.map(key), position }))

test('lists and items keep the order that they are given', async () => {
  const tech = await make(ann, 'Tech', ['CCC', 'AAA', 'BBB'])
  const bank = await make(ann, 'Banks')
  await make(ann, 'Coins', ['DDD'], 1)
  expect(await shape(ann)).toEqual([['Tech', 'CCC', 'AAA', 'BBB'], ['Coins', 'DDD'], ['Banks']])
  const coins = (await lists(ann))[1]!
  await ann((tx) => orderWatchlists(tx, [coins.id, bank.id, tech.id]))
  const keys = ['AAA', 'CCC'].map(key)
  const version = await ann((tx) => changeWatchlist(tx, { ...tech, keys }))
  expect(version).not.toBe(tech.version)
  await ann((tx) => addWatchlistItems(tx, { id: tech.id, keys: ['DDD', 'AAA', 'BBB'].map(key) }))
  await ann((tx) => dropWatchlistItems(tx, { id: tech.id, keys: ['AAA', 'ZZZ'].map(key) }))
  expect(await shape(ann)).toEqual([['Coins', 'DDD'], ['Banks'], ['Tech', 'CCC', 'DDD', 'BBB']])
  expect(await ann((tx) => removeWatchlist(tx, bank.id))).toBe(true)
  expect(await ann((tx) => removeWatchlist(tx, bank.id))).toBe(false)
  await make(ann, 'Last', [])
  expect((await shape(ann)).map(([name]) => name)).toEqual(['Coins', 'Tech', 'Last'])
})

test('an edit of what was changed meanwhile is refused and nothing of it is stored', async () => {
  const list = await make(ann, 'Mine', ['AAA'])
  await ann((tx) => changeWatchlist(tx, { ...list, keys: ['AAA', 'BBB'].map(key) }))
  await expect(ann((tx) => changeWatchlist(tx, { ...list, name: 'Other', keys: [] }))).rejects.toBeInstanceOf(
    EditConflict,
  )
  expect(await shape(ann)).toEqual([['Mine', 'AAA', 'BBB']])
  await expect(ann((tx) => orderWatchlists(tx, []))).rejects.toBeInstanceOf(EditConflict)
  const held = (await lists(ann))[0]!
  const unknown = ann((tx) => changeWatchlist(tx, { ...held, name: 'New', keys: ['CCC', 'NOSUCH'].map(key) }))
  await expect(unknown).rejects.toMatchObject({ kind: 'unknown_instrument' })
  expect(await shape(ann)).toEqual([['Mine', 'AAA', 'BBB']])
})

test('two adds at once are both there; a name is taken once, whatever its case', async () => {
  const { id } = await make(ann, 'Mine')
  await Promise.all(SYMBOLS.map((symbol) => ann((tx) => addWatchlistItems(tx, { id, keys: [key(symbol)] }))))
  expect((await shape(ann))[0]!.toSorted()).toEqual([...SYMBOLS, 'Mine'])
  const made = await Promise.allSettled(['Two', 'TWO', 'two'].map((name) => make(ann, name)))
  expect(made.filter((m) => m.status === 'fulfilled')).toHaveLength(1)
  await expect(make(ann, 'mine')).rejects.toMatchObject({ kind: 'name_taken' })
  expect(await make(bob, 'mine')).toBeDefined()
})

test('another user sees and changes none of it, with every id in hand', async () => {
  const list = await make(ann, 'Secret', ['AAA', 'BBB'])
  const before = await lists(ann)
  expect(await lists(bob)).toEqual([])
  expect(await bob((tx) => readWatchlists(tx, { id: list.id }))).toEqual([])
  expect(await bob((tx) => readWatchlistIds(tx, list.id))).toBeNull()
  expect(await bob((tx) => removeWatchlist(tx, list.id))).toBe(false)
  for (const work of [
    (tx: UserTx) => changeWatchlist(tx, { ...list, name: 'Taken' }),
    (tx: UserTx) => addWatchlistItems(tx, { id: list.id, keys: [key('CCC')] }),
    (tx: UserTx) => dropWatchlistItems(tx, { id: list.id, keys: [key('AAA')] }),
    (tx: UserTx) => orderWatchlists(tx, [list.id]),
  ])
    await expect(bob<unknown>(work)).rejects.toThrow()
  // The policies hold on their own, where a query forgets to say whose.
  const seen = await bob(async ({ client }) => {
    await client.query('delete from watchlist_items')
    await client.query(`update watchlists set name = 'x'`)
    return (await client.query('select 1 from watchlists union all select 1 from watchlist_items')).rows
  })
  expect(seen).toEqual([])
  const slipIn = bob(({ client, userId }) =>
    client.query('insert into watchlist_items values ($1, $2, $3, 1)', [list.id, userId, ids.get('CCC')]),
  )
  await expect(slipIn).rejects.toThrow(/watchlist_items_list/)
  await expect(daemon.pool.query('select 1 from watchlists')).rejects.toThrow(/permission denied/)
  await expect(daemon.pool.query('select 1 from watchlist_items')).rejects.toThrow(/permission denied/)
  expect(await lists(ann)).toEqual(before)
})

test('a user keeps so many lists, and a list so many instruments', async () => {
  for (let n = 0; n < WATCHLISTS_MAX; n++) await make(ann, `List ${n}`)
  await expect(make(ann, 'One more')).rejects.toMatchObject({ kind: 'too_many' })
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const many = Array.from(
    { length: WATCHLIST_ITEMS_MAX + 1 },
    (_, n) => `Q${letters[n % 26]}${letters[Math.floor(n / 26)]}`,
  )
  await mintInstruments(
    t.db,
    many.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } })),
  )
  await expect(make(bob, 'Long', many)).rejects.toMatchObject({ kind: 'too_many' })
  const { id } = await make(bob, 'Full', many.slice(1))
  const more = bob((tx) => addWatchlistItems(tx, { id, keys: [key(many[0]!)] }))
  await expect(more).rejects.toMatchObject({ kind: 'too_many' })
  expect((await lists(bob))[0]!.items).toHaveLength(WATCHLIST_ITEMS_MAX)
})

const tierOf = async (symbol: string) =>
  (await readMembers(daemon)).find((m) => m.instrumentId === ids.get(symbol))?.tier ?? null
/** The server's time passes for a lease. */
const age = (leaseId: string, seconds: number) =>
  t.db.pool.query(
    `update watched_symbols set expires_at = expires_at - make_interval(secs => $2) where lease_id = $1`,
    [leaseId, seconds],
  )
const hold = (leaseId: string, symbols: readonly string[]) =>
  holdWatch(api, { leaseId, instrumentIds: symbols.map((s) => ids.get(s)!), ttlMs: 20_000 })

test('what somebody watches is in the tier of the watchlists until the last lease has run out', async () => {
  await setTierMembers(t.db, { tier: 'sp500', instrumentIds: [ids.get('AAA')!], replace: true })
  const marks = [await readUniverseMark(daemon)]
  const [one, two] = [randomUUID(), randomUUID()]
  await hold(one, ['AAA', 'BBB'])
  await hold(two, ['BBB'])
  marks.push(await readUniverseMark(daemon))
  expect([await tierOf('AAA'), await tierOf('BBB'), await tierOf('CCC')]).toEqual([
    'user_watchlist',
    'user_watchlist',
    null,
  ])
  expect((await readTiers(daemon)).find((tier) => tier.name === 'user_watchlist')?.members).toBe(2)
  // A renewal that changes nothing moves nothing.
  await age(one, 5)
  await hold(one, ['AAA', 'BBB'])
  expect(await readUniverseMark(daemon)).toBe(marks[1])
  // The process that renewed the first one was killed.
  await age(one, 21)
  marks.push(await readUniverseMark(daemon))
  expect([await tierOf('AAA'), await tierOf('BBB')]).toEqual(['sp500', 'user_watchlist'])
  await age(two, 21)
  marks.push(await readUniverseMark(daemon))
  expect([await tierOf('AAA'), await tierOf('BBB')]).toEqual(['sp500', null])
  expect(new Set(marks).size).toBe(3)
  expect(marks[3]).toBe(marks[0])
  // What ran out is taken away with the next lease, and an instrument that is none is no member.
  await holdWatch(api, { leaseId: one, instrumentIds: [2_000_000_000], ttlMs: 20_000 })
  expect((await t.db.pool.query('select lease_id from watched_symbols')).rows).toEqual([{ lease_id: one }])
})

test('daemons are told when a symbol is watched that was not, and not at a renewal', async () => {
  const client = await t.db.pool.connect()
  const heard: string[] = []
  client.on('notification', ({ payload }) => heard.push(payload ?? ''))
  await client.query('listen onetape_universe')
  const [one, two] = [randomUUID(), randomUUID()]
  await hold(one, ['AAA'])
  await hold(one, ['AAA'])
  await hold(two, ['AAA'])
  await hold(two, ['AAA', 'CCC'])
  await client.query(`select pg_notify('onetape_universe', 'end')`)
  await expect.poll(() => heard.at(-1)).toBe('end')
  expect(heard).toEqual(['user_watchlist', 'user_watchlist', 'end'])
  client.release(true)
})
