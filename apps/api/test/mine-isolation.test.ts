// Two users with keys of their own at one vendor: what happens to the one is not known to the other, nor to the house.
import { readCalls } from '@onetape/db'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { AAPL, type Client, type MineServer, MSFT, mineServer } from './mine-server.ts'

const KEYS = { ann: 'advanced-ann-0123456789', bob: 'delayed-bob-0123456789' }

let server: MineServer
let ann: Client
let bob: Client

beforeAll(async () => {
  server = await mineServer()
  ann = await server.user('ann')
  bob = await server.user('bob')
  for (const [client, apiKey] of [
    [ann, KEYS.ann],
    [bob, KEYS.bob],
  ] as const) {
    await client.mine.connect.mutate({ provider: 'polygon', label: 'Mine', credentials: { apiKey } })
    const order = ['polygon:2', 'alpaca']
    await client.mine.setOrder.mutate({ kind: 'quotes', assetClass: 'all', order, version: 0 })
  }
}, 120_000)
afterEach(() => server.simulator.faults.clear())
afterAll(() => server?.[Symbol.asyncDispose]())

it('the same question at the same moment is asked with the key of each, and each sees their own plan', async () => {
  const [live, late] = await Promise.all([ann.quote.query({ key: AAPL }), bob.quote.query({ key: AAPL })])
  expect(live.receipt).toMatchObject({ source: 'polygon:2', delayedMinutes: 0 })
  expect(late.receipt).toMatchObject({ source: 'polygon:2', delayedMinutes: 15 })
  expect(late.quote!.ts).toBeLessThan(live.quote!.ts)
})

it('the key of one is refused: it fails for them, and for nobody else', async () => {
  server.simulator.faults.add({ vendor: 'polygon', kind: 'unauthorized', key: KEYS.ann })
  const { receipt } = await ann.quote.query({ key: MSFT })
  expect(receipt.source).toBe('alpaca')
  expect(receipt.attempts[0]).toMatchObject({
    source: 'polygon:2',
    outcome: 'failed',
    reason: 'unauthorized',
  })
  const [mine] = await ann.mine.sources.query()
  expect(mine).toMatchObject({ state: 'failing', health: { state: 'open', lastErrorKind: 'unauthorized' } })
  expect(mine!.message).toMatch(/does not accept/)

  const theirs = await bob.quote.query({ key: MSFT })
  expect(theirs.receipt).toMatchObject({ source: 'polygon:2' })
  expect((await bob.mine.sources.query())[0]).toMatchObject({ state: 'connected' })
  const { sources } = await bob.providers.query()
  expect(sources.find((s) => s.name === 'polygon')?.health?.state ?? 'closed').toBe('closed')
  expect(JSON.stringify(sources)).not.toContain('unauthorized')
  expect((await server.api.routed.quote(MSFT))?.receipt.source).toBe('polygon')
})

it('the calls of each are kept for them alone', async () => {
  const own = (userId: string) => readCalls(server.db, { source: 'polygon:2', userId, limit: 100 })
  await expect.poll(async () => (await own('ann')).map((c) => c.outcome)).toContain('unauthorized')
  await expect.poll(async () => (await own('bob')).length).toBeGreaterThan(1)
  expect((await own('bob')).map((c) => c.outcome)).not.toContain('unauthorized')
  const [annReport, bobReport] = await Promise.all([ann.providers.query(), bob.providers.query()])
  const callsIn = ({ sources }: typeof annReport) =>
    sources.find((s) => s.name === 'polygon:2')!.lastCalls.map((c) => c.outcome)
  expect(callsIn(annReport)).toContain('unauthorized')
  expect(callsIn(bobReport)).not.toContain('unauthorized')
})

it('what was bought with a key of a user is not on the tape', async () => {
  const { rows } = await server.database.db.pool.query('select 1 from tape_batches')
  expect(rows).toEqual([])
  await expect(ann.receipt.query({ key: AAPL })).rejects.toThrow(/holds no price/)
})
