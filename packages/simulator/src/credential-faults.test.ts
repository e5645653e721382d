// Faults and quotas of one credential: everybody else's requests go on as if nothing were.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { VendorName } from './faults.ts'
import { asker, tokenOf } from './schwab/testing.ts'
import { type Stage, stage } from './testing.ts'

let s: Stage
beforeAll(async () => {
  s = await stage(undefined, { quotas: true })
})
afterAll(() => s[Symbol.asyncDispose]())
beforeEach(() => {
  s.simulator.faults.clear()
  s.simulator.quotas.clear()
})

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const ASKS: [VendorName, string, (key: string) => Record<string, string>][] = [
  ['polygon', '/polygon/v2/snapshot/locale/us/markets/stocks/tickers?tickers=AAPL', bearer],
  [
    'alpaca',
    '/alpaca/v2/stocks/snapshots?symbols=AAPL',
    (key) => ({ 'apca-api-key-id': key, 'apca-api-secret-key': 's' }),
  ],
  ['oanda', '/oanda/v3/accounts/101/pricing?instruments=EUR_USD', bearer],
]

describe.each(ASKS)('%s', (vendor, path, headers) => {
  const status = async (key: string) => (await s.get(path, headers(key))).status

  it('fails for the key that is named, and for no other', async () => {
    s.simulator.faults.add({ vendor, kind: 'server_error', key: 'mine-1' })
    expect([await status('mine-1'), await status('mine-12'), await status('yours')]).toEqual([500, 200, 200])
    s.simulator.faults.clear()
    expect(await status('mine-1')).toBe(200)
  })

  it('bends the prices of that key alone', async () => {
    s.simulator.faults.add({ vendor, kind: 'outlier', key: 'mine-1' })
    const numbers = async (key: string) => (await s.get(path, headers(key))).text
    expect(await numbers('mine-1')).not.toBe(await numbers('yours'))
    s.simulator.faults.clear()
    expect(await numbers('mine-1')).toBe(await numbers('yours'))
  })

  it('has a quota of its own for that key', async () => {
    s.simulator.quotas.override({ vendor, key: 'mine-1', calls: 1, windowMs: 60_000 })
    expect([
      await status('mine-1'),
      await status('mine-1'),
      await status('yours'),
      await status('yours'),
    ]).toEqual([200, 429, 200, 200])
  })

  it('refuses keys that start with wrong', async () => {
    expect([401, 403]).toContain(await status('wrong-1'))
  })
})

it('schwab’s is named by the sign-in, so that two users of one app are told apart', async () => {
  const path = '/marketdata/v1/quotes?symbols=AAPL'
  const mine = await asker(s, { refreshToken: 'R0.mine@' })
  const yours = await asker(s, { refreshToken: 'R0.yours@' })
  s.simulator.faults.add({ vendor: 'schwab', kind: 'server_error', key: 'R0.mine@' })
  expect([(await mine(path)).status, (await yours(path)).status]).toEqual([500, 200])
  s.simulator.faults.clear()
  s.simulator.faults.add({ vendor: 'schwab', kind: 'server_error', key: 'app' })
  expect([(await mine(path)).status, (await yours(path)).status]).toEqual([500, 500])
  expect(await tokenOf(s, { clientId: 'other' })).toMatch(/^I0\./)
})

it('a stream is struck once it has signed in with that key', async () => {
  const signedIn = async (key: string) => {
    const socket = await s.socket('/polygon/ws/crypto')
    socket.send({ action: 'auth', params: key })
    await socket.next((frame) => frame[0].status === 'auth_success')
    return socket
  }
  const [mine, yours] = [await signedIn('mine-1'), await signedIn('yours')]
  s.simulator.faults.add({ vendor: 'polygon', kind: 'cut', key: 'mine-1', on: 'stream' })
  for (const socket of [mine, yours]) socket.send({ action: 'subscribe', params: 'XT.X:BTC-USD' })
  await yours.next((frame) => frame[0].message?.startsWith('subscribed'))
  expect(await mine.closed).toBe(1006)
  yours.end()
})

it('keys are shown by their first characters, and ordered over HTTP as well', async () => {
  const order = { vendor: 'polygon', kind: 'slow', key: 'super-secret-key' }
  const made = await s.simulator.inject({ method: 'POST', url: '/_simulator/faults', payload: order })
  expect(made.statusCode).toBe(201)
  const shown = (await s.get('/_simulator/faults')).text
  expect(shown).toContain('"key":"supe"')
  expect(shown).not.toContain('super-secret')
})
