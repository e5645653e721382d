// A person connects vendors, orders them and watches them fail and come back; nobody else sees any of it.
import { readCalls } from '@onetape/db'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { AAPL, type Client, type MineServer, mineServer, newKeyRing } from './mine-server.ts'

const POLYGON = { provider: 'polygon', credentials: { apiKey: 'advanced-ann-0123456789' } }
const ALPACA = {
  provider: 'alpaca',
  credentials: { keyId: 'AKANN', secretKey: 'ann-secret-key-0123' },
}

let server: MineServer
let ann: Client
let bob: Client

beforeAll(async () => {
  server = await mineServer()
  ann = await server.user('ann')
  bob = await server.user('bob')
}, 120_000)
afterEach(() => server.simulator.faults.clear())
afterAll(() => server?.[Symbol.asyncDispose]())

const nameOf = async (client: Client, provider: string) =>
  (await client.mine.sources.query()).find((s) => s.provider === provider)!

it('a probe says what a key can do, proposes places, and stores nothing', async () => {
  const { findings, name, places } = await ann.mine.probe.mutate(POLYGON)
  expect(findings).toMatchObject({ ok: true, problem: null })
  expect(findings.classes.find((c) => c.assetClass === 'equity')).toMatchObject({ quotes: 'live' })
  expect(name).toBe('polygon:2') // the house has one connected
  expect(places.length).toBeGreaterThan(0)
  expect(places.every(({ order }) => order.includes(name))).toBe(true)
  expect(await ann.mine.sources.query()).toEqual([])
})

it('connecting takes the probe of a moment ago, seals, and never gives the key back', async () => {
  const probed = await ann.mine.probe.mutate(POLYGON)
  const seen = server.simulator.requestsAfter(0).length
  const source = await ann.mine.connect.mutate({
    ...POLYGON,
    label: 'Ann at Polygon',
    name: probed.name,
    orders: [{ kind: 'quotes', assetClass: 'all', order: [probed.name, 'yahoo'] }],
  })
  expect(server.simulator.requestsAfter(0).length).toBe(seen)
  expect(source).toMatchObject({ name: 'polygon:2', state: 'connected', hint: '6789', isPrimary: true })
  expect(source.findings?.ok).toBe(true)
  const alpaca = await ann.mine.connect.mutate({ ...ALPACA, label: 'Ann at Alpaca', orders: [] })
  expect(alpaca).toMatchObject({ name: 'alpaca:2', isPrimary: false, hint: '0123' })
  const everything = JSON.stringify([await ann.mine.sources.query(), await ann.providers.query()])
  for (const secret of ['advanced-ann', 'ann-secret']) expect(everything).not.toContain(secret)
  const { rows } = await server.database.db.pool.query('select sealed::text as sealed from user_data_sources')
  expect(rows).toHaveLength(2)
  for (const { sealed } of rows)
    expect(Buffer.from(sealed.slice(2), 'hex').toString('latin1')).not.toMatch(/advanced-ann|ann-secret/)
  const { rows: orders } = await ann.mine.orders.query()
  expect(orders.find((r) => r.kind === 'quotes' && r.assetClass === 'all')?.order).toEqual([
    'polygon:2',
    'yahoo',
  ])
})

it('prices come from the first of the order; it fails, the second serves and the receipt says why; it returns', async () => {
  const { rows } = await ann.mine.orders.query()
  const row = rows.find((r) => r.kind === 'quotes' && r.assetClass === 'all')!
  await ann.mine.setOrder.mutate({
    ...{ kind: 'quotes', assetClass: 'all', version: row.version },
    order: ['polygon:2', 'alpaca:2'],
  })
  const first = await ann.quote.query({ key: AAPL })
  expect(first.receipt).toMatchObject({ source: 'polygon:2', order: 'user', freshness: 'live' })

  server.simulator.faults.add({ vendor: 'polygon', kind: 'server_error' })
  await expect
    .poll(async () => (await ann.quote.query({ key: AAPL })).receipt, { timeout: 15_000 })
    .toMatchObject({
      source: 'alpaca:2',
      attempts: [{ source: 'polygon:2', outcome: 'failed', reason: 'unavailable' }, { source: 'alpaca:2' }],
    })
  server.simulator.faults.clear()
  await ann.mine.test.mutate({ id: (await nameOf(ann, 'polygon')).id })
  await expect
    .poll(async () => (await ann.quote.query({ key: AAPL })).receipt.source, { timeout: 15_000 })
    .toBe('polygon:2')
})

it('failed calls are told by kind, in plain words and with the fix, to nobody else', async () => {
  const { id, name, lastCalls } = await nameOf(ann, 'polygon')
  expect(lastCalls.length).toBeGreaterThan(0)
  await expect
    .poll(() => ann.mine.problems.query({ id }), { timeout: 5_000 })
    .toMatchObject([{ kind: 'unavailable', words: expect.stringContaining('Polygon'), fix: /./ }])
  await expect(bob.mine.problems.query({ id })).rejects.toThrow(/no such source/)
  const house = await readCalls(server.db, { limit: 1_000 })
  expect(house.some((call) => call.source === name)).toBe(false)
})

it('nobody else sees, asks, changes or removes it', async () => {
  const { id, version } = await nameOf(ann, 'polygon')
  expect(await bob.mine.sources.query()).toEqual([])
  const foreign = [
    () => bob.mine.test.mutate({ id }),
    () => bob.mine.pause.mutate({ id, paused: true, version }),
    () => bob.mine.rename.mutate({ id, label: 'mine now', version }),
    () => bob.mine.replaceKey.mutate({ id, version, credentials: POLYGON.credentials }),
    () => bob.mine.setPrimary.mutate({ id }),
    () => bob.mine.remove.mutate({ id }),
    () => bob.mine.places.query({ id }),
  ]
  for (const ask of foreign) await expect(ask()).rejects.toThrow(/no such source/)
  await expect(
    bob.mine.setOrder.mutate({ kind: 'quotes', assetClass: 'all', order: ['polygon:2'], version: 0 }),
  ).rejects.toThrow(/no source called "polygon:2"/)
  const report = await bob.providers.query()
  expect(report.sources.some((s) => s.owner === 'user')).toBe(false)
  expect((await bob.quote.query({ key: AAPL })).receipt.order).toBe('house')
  expect(await nameOf(ann, 'polygon')).toMatchObject({ id, version })
})

it('a rename of what was changed meanwhile is refused as a conflict, and nothing is lost', async () => {
  const { id, version } = await nameOf(ann, 'alpaca')
  const renamed = await ann.mine.rename.mutate({ id, version, label: '  Alpaca\u00a0two ' })
  expect(renamed.label).toBe('Alpaca\u00a0two')
  const late = ann.mine.rename.mutate({ id, version, label: 'late' })
  await expect(late).rejects.toMatchObject({ data: { code: 'CONFLICT', httpStatus: 409 } })
  expect((await nameOf(ann, 'alpaca')).label).toBe('Alpaca\u00a0two')
})

it('paused, it is skipped with the reason; resumed, it serves', async () => {
  const { id, version } = await nameOf(ann, 'polygon')
  const paused = await ann.mine.pause.mutate({ id, version, paused: true })
  expect(paused.state).toBe('paused')
  const decision = await ann.explain.query({ key: AAPL, kind: 'quotes' })
  expect(decision.sources[0]).toMatchObject({ source: 'polygon:2', verdict: 'skipped', reason: 'paused' })
  const back = await ann.mine.pause.mutate({ id, version: paused.version, paused: false })
  expect(back.state).toBe('connected')
  expect((await ann.explain.query({ key: AAPL, kind: 'quotes' })).serves).toBe('polygon:2')
})

it('a new key that fails is refused and the old one stays; a good one takes over', async () => {
  const { id, version, hint } = await nameOf(ann, 'polygon')
  const wrong = ann.mine.replaceKey.mutate({ id, version, credentials: { apiKey: 'wrong-key-0123456' } })
  await expect(wrong).rejects.toThrow(/does not accept/)
  await expect(wrong).rejects.not.toThrow(/wrong-key/)
  expect((await nameOf(ann, 'polygon')).hint).toBe(hint)
  const replaced = await ann.mine.replaceKey.mutate({
    ...{ id, version },
    credentials: { apiKey: 'advanced-ann-rotated-4321' },
  })
  expect(replaced).toMatchObject({ id, name: 'polygon:2', hint: '4321', state: 'connected' })
})

it('a key that the vendor does not take is not connected', async () => {
  const wrong = { provider: 'polygon', credentials: { apiKey: 'wrong' } }
  const { findings, places } = await ann.mine.probe.mutate(wrong)
  expect(findings).toMatchObject({ ok: false, problem: { kind: 'unauthorized' } })
  expect(places).toEqual([])
  await expect(ann.mine.connect.mutate({ ...wrong, label: 'x' })).rejects.toThrow(/does not accept/)
  expect(await ann.mine.sources.query()).toHaveLength(2)
})

it('connected at once from two tabs, each gets a name of its own', async () => {
  const both = await Promise.all(
    ['one', 'two', 'three'].map((label) => bob.mine.connect.mutate({ ...ALPACA, label })),
  )
  expect(both.map(({ name }) => name).sort()).toEqual(['alpaca:2', 'alpaca:3', 'alpaca:4'])
  expect((await bob.mine.sources.query()).filter((s) => s.isPrimary)).toHaveLength(1)
})

it('a record that cannot be read is shown as such and does not keep the others', async () => {
  const { api, client } = await server.another({ keys: newKeyRing() })
  const lost = await client('ann').mine.sources.query()
  expect(lost.map(({ state }) => state)).toEqual(['unreadable', 'unreadable'])
  expect(lost[0]!.message).toMatch(/key/)
  const quote = await client('ann').quote.query({ key: AAPL })
  expect(quote.receipt.attempts[0]).toMatchObject({ source: 'polygon:2', reason: 'not_connected' })
  api.endStreams()
  await server.database.db.pool.query(
    `update user_data_sources set sealed = '\\x00' where source = 'alpaca:3' and user_id = 'bob'`,
  )
  const { client: anew } = await server.another()
  const states = (await anew('bob').mine.sources.query()).map(({ name, state }) => [name, state])
  expect(Object.fromEntries(states)).toEqual({
    'alpaca:2': 'connected',
    'alpaca:3': 'unreadable',
    'alpaca:4': 'connected',
  })
})

it('removed, its name leaves orders, pins and outages', async () => {
  const { id } = await nameOf(ann, 'polygon')
  await ann.mine.setPin.mutate({ key: AAPL, kind: 'quotes', source: 'polygon:2', version: 0 })
  await ann.mine.simulateOutage.mutate({ source: 'polygon:2', minutes: 5 })
  await ann.mine.remove.mutate({ id })
  expect((await ann.mine.sources.query()).map((s) => s.name)).toEqual(['alpaca:2'])
  expect(await ann.mine.pins.query()).toEqual([])
  expect(await ann.mine.outages.query()).toEqual([])
  const { rows, sources } = await ann.mine.orders.query()
  expect(rows.flatMap((r) => r.order ?? [])).not.toContain('polygon:2')
  expect(sources.map((s) => s.name)).not.toContain('polygon:2')
  await expect(ann.mine.remove.mutate({ id })).rejects.toThrow(/no such source/)
  expect((await ann.quote.query({ key: AAPL })).receipt.source).toBe('alpaca:2')
})
