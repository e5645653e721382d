// Orders, pins and simulated outages of one user: followed at once, heard in every tab, and no concern of anybody else.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AAPL, BTC, type Client, type MineServer, MSFT, mineServer } from './mine-server.ts'

let server: MineServer
let ann: Client
let bob: Client

beforeAll(async () => {
  server = await mineServer()
  ann = await server.user('ann')
  bob = await server.user('bob')
}, 120_000)
afterAll(() => server?.[Symbol.asyncDispose]())

const serves = async (client: Client, key = AAPL) =>
  (await client.explain.query({ key, kind: 'quotes' })).serves
const sourceOf = async (client: Client, key = AAPL) => (await client.quote.query({ key })).receipt.source
/** Hears of changes until the end of the test; resolves once it listens. */
async function listening(client: Client): Promise<{ heard: string[]; leave(): void }> {
  const heard: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const stream = client.mine.changes.subscribe(undefined, {
    onStarted: () => resolve(),
    onData: ({ what }) => void heard.push(what),
  })
  await promise
  return { heard, leave: () => stream.unsubscribe() }
}

it('the order of the asset class goes before the one for all, and null goes back to the house', async () => {
  const all = { kind: 'quotes', assetClass: 'all' } as const
  const crypto = { kind: 'quotes', assetClass: 'crypto' } as const
  const first = await ann.mine.setOrder.mutate({ ...all, order: ['yahoo', 'alpaca'], version: 0 })
  const second = await ann.mine.setOrder.mutate({ ...crypto, order: ['alpaca'], version: 0 })
  expect([await serves(ann), await serves(ann, BTC)]).toEqual(['yahoo', 'alpaca'])
  expect([await serves(bob), await serves(bob, BTC)]).toEqual(['polygon', 'coinbase'])
  await ann.mine.setOrder.mutate({ ...crypto, order: null, version: second.version })
  expect(await serves(ann, BTC)).toBe('yahoo')
  await ann.mine.setOrder.mutate({ ...all, order: null, version: first.version })
  expect(await serves(ann)).toBe('polygon')
  const { rows } = await ann.mine.orders.query()
  expect(rows).toHaveLength(24)
  expect(rows.find((r) => r.kind === 'quotes' && r.assetClass === 'crypto')).toMatchObject({
    ...{ order: null, version: 0 },
    house: expect.arrayContaining(['coinbase']),
  })
})

it('an edit of what another tab changed is refused, and names what is there', async () => {
  const row = { kind: 'charts', assetClass: 'equity' } as const
  const { version } = await ann.mine.setOrder.mutate({ ...row, order: ['yahoo'], version: 0 })
  const both = await Promise.allSettled([
    ann.mine.setOrder.mutate({ ...row, order: ['alpaca'], version }),
    ann.mine.setOrder.mutate({ ...row, order: ['polygon'], version }),
  ])
  const lost = both.filter((r) => r.status === 'rejected')
  expect(lost).toHaveLength(1)
  expect(lost[0]!.reason).toMatchObject({ data: { code: 'CONFLICT' } })
  const blind = ann.mine.setOrder.mutate({ ...row, order: ['yahoo'], version: 0 })
  await expect(blind).rejects.toMatchObject({ data: { code: 'CONFLICT' } })
})

it('a pin asks its source first for that symbol alone', async () => {
  await ann.mine.setPin.mutate({ key: AAPL, kind: 'quotes', source: 'yahoo', version: 0 })
  expect([await serves(ann), await serves(ann, MSFT), await serves(bob)]).toEqual([
    'yahoo',
    'polygon',
    'polygon',
  ])
  expect(await sourceOf(ann)).toBe('yahoo')
  const [pin] = await ann.mine.pins.query()
  expect(pin).toMatchObject({ key: AAPL, symbol: 'AAPL', kind: 'quotes', source: 'yahoo' })
  await ann.mine.setPin.mutate({ key: AAPL, kind: 'quotes', source: null, version: pin!.version })
  expect(await serves(ann)).toBe('polygon')
})

it('a simulated outage moves the route of one user alone, at once, and says so', async () => {
  expect([await sourceOf(ann), await sourceOf(bob)]).toEqual(['polygon', 'polygon'])
  const { until } = await ann.mine.simulateOutage.mutate({ source: 'polygon', minutes: 10 })
  expect(until).toBeGreaterThan(Date.now() * 1000)
  const { receipt } = await ann.quote.query({ key: AAPL })
  expect(receipt.source).toBe('alpaca')
  expect(receipt.attempts[0]).toMatchObject({ source: 'polygon', outcome: 'skipped', reason: 'paused' })
  expect(receipt.attempts[0]!.message).toMatch(/simulated outage, until \d\d:\d\d:\d\d UTC/)
  expect(await sourceOf(bob)).toBe('polygon')
  const { sources } = await ann.mine.orders.query()
  expect(sources.find((s) => s.name === 'polygon')).toMatchObject({ state: 'paused', owner: 'house' })
  expect(await ann.mine.outages.query()).toEqual([{ source: 'polygon', until }])
  expect(await bob.mine.outages.query()).toEqual([])
  await ann.mine.endOutage.mutate({ source: 'polygon' })
  expect(await sourceOf(ann)).toBe('polygon')
})

it('two tabs at two processes hear of a change within a second and agree; another user hears nothing', async () => {
  const { client } = await server.another()
  const there = client('ann')
  expect(await serves(there)).toBe('polygon') // in its memory
  const tabs = [await listening(ann), await listening(there), await listening(client('bob'))]
  const began = performance.now()
  await ann.mine.setOrder.mutate({ kind: 'quotes', assetClass: 'all', order: ['yahoo'], version: 0 })
  await expect
    .poll(() => tabs.slice(0, 2).map(({ heard }) => heard), { interval: 10 })
    .toEqual([['orders'], ['orders']])
  expect(performance.now() - began).toBeLessThan(1_000)
  expect([await serves(ann), await serves(there)]).toEqual(['yahoo', 'yahoo'])
  // A note of its own shows that nothing else was on its way.
  await client('bob').mine.simulateOutage.mutate({ source: 'yahoo', minutes: 1 })
  await expect.poll(() => tabs[2]!.heard).toEqual(['outages'])
  for (const tab of tabs) tab.leave()
})

it('stored receipts of the tape are told newest first, and an unknown symbol is said', async () => {
  await expect(ann.receipts.query({ key: 'equity:US:NOPE' })).rejects.toThrow(/NOPE/)
  expect(await ann.receipts.query({ key: AAPL, limit: 5 })).toEqual([])
})

const HUGE = 'x'.repeat(200_000)
const base = { kind: 'quotes', assetClass: 'fx', version: 0 } as const
it.each([
  ['an unknown source', () => ann.mine.setOrder.mutate({ ...base, order: ["'; drop table users; --"] })],
  ['a source twice', () => ann.mine.setOrder.mutate({ ...base, order: ['yahoo', 'yahoo'] })],
  ['no source at all', () => ann.mine.setOrder.mutate({ ...base, order: [] })],
  ['a thousand sources', () => ann.mine.setOrder.mutate({ ...base, order: Array(1_000).fill('yahoo') })],
  ['a version from nowhere', () => ann.mine.setOrder.mutate({ ...base, order: ['yahoo'], version: -1 })],
  ['an unknown kind', () => ann.mine.setOrder.mutate({ ...base, kind: 'all' as never, order: ['yahoo'] })],
  ['an unknown field', () => ann.mine.setOrder.mutate({ ...base, order: ['yahoo'], userId: 'bob' } as never)],
  ['an outage of nothing', () => ann.mine.simulateOutage.mutate({ source: '<b>x</b>', minutes: 5 })],
  ['an outage for ever', () => ann.mine.simulateOutage.mutate({ source: 'yahoo', minutes: 1e9 })],
  ['a pin of no instrument', () => ann.mine.setPin.mutate({ ...pinned('equity:US:NOPE'), source: 'yahoo' })],
  ['a pin to no source', () => ann.mine.setPin.mutate({ ...pinned(AAPL), source: '\u0000' })],
  ['a huge name', () => ann.mine.setPin.mutate({ ...pinned(AAPL), source: HUGE })],
  ['an id that is none', () => ann.mine.remove.mutate({ id: "1' or '1'='1" })],
  ['an unknown vendor', () => ann.mine.probe.mutate({ provider: '__proto__', credentials: {} })],
  ['a field that is none', () => probe({ apiKey: 'k', admin: 'yes' })],
  ['a missing key', () => probe({})],
  ['a key with a line break', () => probe({ apiKey: 'abc\r\nx-evil: 1' })],
  ['a key of pictures', () => probe({ apiKey: '🔑🔑🔑🔑' })],
  ['a key without end', () => probe({ apiKey: HUGE.slice(0, 4_000) })],
  ['too many fields', () => probe(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, 'x'])))],
  ['a label that turns the reading', () => connect('safe\u202egnp.exe')],
  ['an empty label', () => connect('   ')],
  ['a long label', () => connect('x'.repeat(61))],
  ['an order that names nobody', () => connect('x', [{ ...place, order: ['polygon:2', 'bob:7'] }])],
  ['a plan that there is none of', () => connect('x', [], 'platinum')],
])('%s is refused in one clear line, and nothing is stored', async (_, ask) => {
  const error = await ask().then(
    () => null,
    (e: { message: string; data?: { httpStatus: number } }) => e,
  )
  expect(error).not.toBeNull()
  expect(error!.data?.httpStatus).toBeGreaterThanOrEqual(400)
  expect(error!.data?.httpStatus).toBeLessThan(500)
  expect(error!.message.length).toBeLessThan(400)
  expect(error!.message).not.toMatch(/\n|at .*\.ts|insert into|select /)
  expect(await ann.mine.sources.query()).toEqual([])
  const { rows } = await ann.mine.orders.query()
  expect(rows.filter((r) => r.assetClass === 'fx' && r.order)).toEqual([])
  expect(await ann.mine.pins.query()).toEqual([])
})

const place = { kind: 'quotes', assetClass: 'fx' } as const
const pinned = (key: string) => ({ key, kind: 'quotes', version: 0 }) as const
const probe = (credentials: Record<string, string>) =>
  ann.mine.probe.mutate({ provider: 'polygon', credentials })
const connect = (
  label: string,
  orders: { kind: 'quotes'; assetClass: 'fx'; order: string[] }[] = [],
  tier?: string,
) =>
  ann.mine.connect.mutate({
    ...{ provider: 'polygon', credentials: { apiKey: 'advanced-key-01234' }, label, orders, tier },
  })

it('HTML in a label is kept as the text that it is', async () => {
  const label = '<img src=x onerror=alert(1)>'
  const source = await connect(label)
  expect(source.label).toBe(label)
  await ann.mine.remove.mutate({ id: source.id })
})
