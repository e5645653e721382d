// Schwab is connected by signing in at the vendor's page, which the simulator plays: once, in time, by who began.
import { DAY_US } from '@onetape/market'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { AAPL, type Client, follow, type MineServer, mineServer } from './mine-server.ts'

const SCHWAB = { provider: 'schwab', label: 'Ann at Schwab', credentials: {} }
const OWN_APP = { clientId: 'ann-app-key-0123', clientSecret: 'ann-app-secret-0123' }

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

/** Where the vendor sends the browser back to. */
const atVendor = (url: string) => follow(url, 'ann')
const pathOf = (location: string) => location.replace(/^http:\/\/127\.0\.0\.1:\d+/, '')
/** The page of ours that it ends on. */
const back = async (callback: string, id = 'ann') =>
  new URL(await follow(`http://127.0.0.1:${server.port}${pathOf(callback)}`, id), 'http://x').searchParams
const stored = async () =>
  (await server.database.db.pool.query('select state from oauth_sign_ins')).rows.length

it('the vendor is told to be one to sign in at, with the app of the house', async () => {
  const vendors = await ann.mine.vendors.query()
  expect(vendors.find((v) => v.provider === 'schwab')).toMatchObject({ how: 'oauth', houseHasApp: true })
  await expect(ann.mine.probe.mutate({ provider: 'schwab', credentials: OWN_APP })).rejects.toThrow(
    /signing in there/,
  )
  await expect(ann.mine.signInBegin.mutate({ ...SCHWAB, provider: 'polygon' })).rejects.toThrow(/with a key/)
})

it('signed in there it is connected, with seven days to go; the state is good once', async () => {
  const { url } = await ann.mine.signInBegin.mutate(SCHWAB)
  expect(url.startsWith(server.simulator.url)).toBe(true)
  expect(url).not.toMatch(/secret/i)
  const callback = await atVendor(url)
  expect(pathOf(callback)).toMatch(/^\/api\/oauth\/callback\?code=.*state=/)
  expect((await back(callback)).get('connected')).toBe('schwab:2')
  const [source] = await ann.mine.sources.query()
  expect(source).toMatchObject({ name: 'schwab:2', label: SCHWAB.label, state: 'connected', warning: null })
  const left = source!.expiresAt! - Date.now() * 1000
  expect(left).toBeGreaterThan(6.9 * DAY_US)
  expect(left).toBeLessThanOrEqual(7 * DAY_US)
  await ann.mine.setOrder.mutate({ kind: 'quotes', assetClass: 'all', order: ['schwab:2'], version: 0 })
  expect((await ann.quote.query({ key: AAPL })).receipt).toMatchObject({ source: 'schwab:2' })

  expect((await back(callback)).get('problem')).toMatch(/used already/)
  expect(await ann.mine.sources.query()).toHaveLength(1)
  expect(await stored()).toBe(0)
})

it('the state of another user, an unknown one and none at all end with a line, and store nothing', async () => {
  const { url } = await ann.mine.signInBegin.mutate(SCHWAB)
  const callback = await atVendor(url)
  expect((await back(callback, 'bob')).get('problem')).toMatch(/not yours/)
  expect(await bob.mine.sources.query()).toEqual([])
  expect((await back('/api/oauth/callback?code=x&state=forged')).get('problem')).toMatch(/never begun/)
  expect((await back('/api/oauth/callback?state=forged')).get('problem')).toMatch(/without what is needed/)
  expect((await back('/api/oauth/callback?error=access_denied')).get('problem')).toMatch(/did not let you/)
  expect((await back('/api/oauth/callback?code=a&code=b&state=c')).get('problem')).toMatch(/without/)
  // Nobody took it from its owner.
  expect((await back(callback)).get('connected')).toBe('schwab:3')
  const nobody = await fetch(`http://127.0.0.1:${server.port}${pathOf(callback)}`, { redirect: 'manual' })
  expect(nobody.headers.get('location')).toMatch(/^\/sources\?problem=Your\+session/)
})

it('after ten minutes it is too late', async () => {
  const { url } = await ann.mine.signInBegin.mutate(SCHWAB)
  const callback = await atVendor(url)
  await server.database.db.pool.query(`update oauth_sign_ins set expires_at = now() - interval '1 second'`)
  expect((await back(callback)).get('problem')).toMatch(/ten minutes/)
  expect(await stored()).toBe(0)
})

it('a vendor that fails while exchanging leaves nothing, and says what to do', async () => {
  const before = (await ann.mine.sources.query()).length
  const { url } = await ann.mine.signInBegin.mutate(SCHWAB)
  const callback = await atVendor(url)
  server.simulator.faults.add({ vendor: 'schwab', kind: 'server_error' })
  expect((await back(callback)).get('problem')).toMatch(/Schwab/)
  expect(await ann.mine.sources.query()).toHaveLength(before)
  expect(await stored()).toBe(0)
})

it('renewed, it keeps its id, its name and its places', async () => {
  const source = (await ann.mine.sources.query()).find((s) => s.name === 'schwab:2')!
  await server.database.db.pool.query(
    `update user_data_sources set expires_at = now() - interval '1 minute' where source = 'schwab:2'`,
  )
  const { api, client } = await server.another()
  const ran = (await client('ann').mine.sources.query()).find((s) => s.id === source.id)!
  expect(ran).toMatchObject({ state: 'expired', message: expect.stringContaining('sign in again') })
  await server.database.db.pool.query(
    `update user_data_sources set expires_at = now() + interval '47 hours' where source = 'schwab:2'`,
  )
  api.endStreams()
  const { client: later } = await server.another()
  const soon = (await later('ann').mine.sources.query()).find((s) => s.id === source.id)!
  expect(soon).toMatchObject({ state: 'connected', warning: expect.stringMatching(/runs out in 46 hours/) })

  const { url } = await ann.mine.signInBegin.mutate({ ...SCHWAB, connectionId: source.id })
  expect((await back(await atVendor(url))).get('connected')).toBe('schwab:2')
  const renewed = (await ann.mine.sources.query()).find((s) => s.id === source.id)!
  expect(renewed).toMatchObject({ name: 'schwab:2', state: 'connected', warning: null })
  expect(renewed.expiresAt! - Date.now() * 1000).toBeGreaterThan(6.9 * DAY_US)
  const foreign = bob.mine.signInBegin.mutate({ ...SCHWAB, connectionId: source.id })
  await expect(foreign).rejects.toThrow(/no such source/)
})

it('an app of the person own is used whole or not at all', async () => {
  const half = ann.mine.signInBegin.mutate({ ...SCHWAB, credentials: { clientId: 'ann-app-key-0123' } })
  await expect(half).rejects.toThrow(/App key and App secret/)
  const { url } = await ann.mine.signInBegin.mutate({ ...SCHWAB, credentials: OWN_APP })
  expect(url).toContain('client_id=ann-app-key-0123')
  expect(url).not.toContain(OWN_APP.clientSecret)
  const name = (await back(await atVendor(url))).get('connected')
  const source = (await ann.mine.sources.query()).find((s) => s.name === name)!
  const seen = server.simulator.requestsAfter(0).at(-1)!.id
  await ann.mine.test.mutate({ id: source.id })
  expect(server.simulator.requestsAfter(seen).length).toBeGreaterThan(0)
})
