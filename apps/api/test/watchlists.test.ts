// Watchlists as the procedures have them: as the API's own role on a real database, with two users.
import { mintInstruments, readMembers } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { watchlists } from '../src/routers/watchlists.ts'
import type { ApiContext } from '../src/trpc.ts'
import { createWatchlists } from '../src/watchlists/own-watchlists.ts'

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']
const keys = SYMBOLS.map((symbol) => `equity:US:${symbol}`)

let t: TestDatabase
let ids: number[]
beforeAll(async () => {
  t = await testDatabase()
  const refs = SYMBOLS.map((symbol) => ({ ref: { assetClass: 'equity' as const, symbol } }))
  ids = (await mintInstruments(t.db, refs)).map((i) => i.id)
  for (const id of ['ann', 'bob'])
    await t.db.pool.query('insert into users (id, name, email) values ($1, $1, $1)', [id])
}, 120_000)
afterAll(() => t.drop())

/** The procedures as this user calls them, on a process of its own. */
const as = (id: string) => {
  const user = { id, name: id, email: id, role: 'member' as const }
  const context = {
    user,
    session: null,
    watchlists: createWatchlists(t.as('onetape_api')),
    logError: () => {},
  }
  return watchlists.createCaller(context as unknown as ApiContext)
}

it('keeps lists; an edit that saw an older one is a conflict', async () => {
  const ann = as('ann')
  const { id, version } = await ann.create({ name: '  Tech  ', keys: [keys[1]!, keys[0]!] })
  expect(await ann.list()).toMatchObject([
    { id, name: 'Tech', version, items: [{ symbol: 'MSFT' }, { symbol: 'AAPL', assetClass: 'equity' }] },
  ])
  const moved = await ann.setItems({ id, keys, version })
  await expect(ann.rename({ id, name: 'Late', version })).rejects.toMatchObject({ code: 'CONFLICT' })
  await ann.rename({ id, name: 'Chips', version: moved.version })
  await ann.drop({ id, keys: [keys[0]!] })
  expect(await ann.add({ id, keys: [keys[0]!, keys[1]!] })).toMatchObject({ added: 1 })
  expect((await ann.list())[0]).toMatchObject({
    name: 'Chips',
    items: [{ symbol: 'MSFT' }, { symbol: 'NVDA' }, { symbol: 'AAPL' }],
  })
  await ann.remove({ id })
  expect(await ann.list()).toEqual([])
})

it('imports what it knows, tells the rest, and exports what imports again', async () => {
  const ann = as('ann')
  const report = await ann.import({ name: 'Mine', text: '\uFEFFsymbol\nNVDA\nNOPE\nAAPL\nNVDA\n"' })
  expect(report.counts).toEqual({ taken: 2, unknown: 1, doubled: 1, broken: 1 })
  const { text, filename } = await ann.export({ id: report.list!.id })
  expect(filename).toBe('mine.csv')
  const again = await ann.import({ name: 'Again', text })
  const lists = await ann.list()
  expect(lists.map((list) => list.items.map((item) => item.symbol))).toEqual([
    ['NVDA', 'AAPL'],
    ['NVDA', 'AAPL'],
  ])
  expect(await ann.import({ name: 'None', text: 'NOPE\nNADA' })).toMatchObject({ list: null })
  await expect(ann.import({ name: 'again', text: 'AAPL' })).rejects.toThrow(/called “again” already/)
  expect(await ann.list()).toEqual(lists)
  for (const { id } of [report.list!, again.list!]) await ann.remove({ id })
})

it.each([
  ['no name', { name: ' \t ' }],
  ['a name of many lines', { name: 'a\nb' }],
  ['a name that turns the text around', { name: 'a\u202Eb' }],
  ['a name too long', { name: 'x'.repeat(61) }],
  ['too many items', { name: 'x', keys: Array.from({ length: 501 }, (_, n) => `equity:US:A${n}`) }],
  ['what is nobody', { name: 'x', keys: ['equity:US:NOPE'] }],
  ['a key that is none', { name: 'x', keys: [`'; drop table watchlists; --`] }],
])('refuses %s and stores nothing', async (_, input) => {
  const bob = as('bob')
  await expect(bob.create(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect(await bob.list()).toEqual([])
})

it('a name is text, whatever it says', async () => {
  const bob = as('bob')
  const name = `<img onerror=x> '; -- 名前`
  const { id } = await bob.create({ name })
  expect((await bob.list())[0]!.name).toBe(name)
  expect((await bob.export({ id })).filename).toMatch(/^[\w-]+\.csv$/)
  await bob.remove({ id })
})

it('another user meets nothing behind an id', async () => {
  const { id, version } = await as('ann').create({ name: 'Hers', keys })
  const bob = as('bob')
  for (const call of [
    () => bob.rename({ id, name: 'x', version }),
    () => bob.setItems({ id, keys: [], version }),
    () => bob.add({ id, keys }),
    () => bob.drop({ id, keys }),
    () => bob.export({ id }),
    () => bob.watch({ id }),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(bob.reorder({ ids: [id] })).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await bob.remove({ id })).toEqual({ removed: false })
  expect(await bob.list()).toEqual([])
  expect((await as('ann').list())[0]).toMatchObject({ id, version, name: 'Hers' })
  await as('ann').remove({ id })
})

it('a list that is shown holds its instruments, by one lease however many pages and processes renew it', async () => {
  const watched = async () =>
    (await readMembers(t.db)).filter((m) => m.tier === 'user_watchlist').map((m) => m.instrumentId)
  const ann = as('ann')
  const { id } = await ann.create({ name: 'Shown', keys: keys.slice(0, 2) })
  const { id: other } = await as('bob').create({ name: 'Also', keys: keys.slice(1) })
  await Promise.all([ann.watch({ id }), as('ann').watch({ id }), as('ann').watch({ id })])
  await as('bob').watch({ id: other })
  expect(await watched()).toEqual(ids)
  const { rows } = await t.db.pool.query('select * from watched_symbols')
  expect(rows).toHaveLength(2)
  // Who reads it learns nothing of whose it is.
  expect(JSON.stringify(rows)).not.toMatch(new RegExp([id, other, 'ann', 'bob', 'Shown'].join('|')))
  const endsWithinS = await t.db.pool.query(
    `select extract(epoch from max(expires_at) - clock_timestamp())::float8 as s from watched_symbols`,
  )
  expect(endsWithinS.rows[0].s).toBeLessThan(30)
  // Items that come to it are watched from the next renewal on.
  await ann.setItems({ id, keys: [], version: (await ann.list())[0]!.version })
  await ann.watch({ id })
  expect(await watched()).toEqual(ids.slice(1))
})
