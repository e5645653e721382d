import { MINUTE_US, SECOND_US } from '@onetape/market'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FRIDAY, type Stage, type StageSocket, stage } from '../testing.ts'
import { asker, type SignInOptions, tokenOf } from './testing.ts'

afterEach(() => {
  vi.useRealTimers()
})

let requestId = 0
const request = (service: string, command: string, parameters: Record<string, string> = {}) => ({
  requests: [
    {
      service,
      command,
      requestid: String(requestId++),
      SchwabClientCustomerId: 'customer',
      SchwabClientCorrelId: 'correlation',
      parameters,
    },
  ],
})
const LEVEL_ONE = 'LEVELONE_EQUITIES'
const subs = (keys: string, fields = '0,1,2,3,4,5,8,34,35') => request(LEVEL_ONE, 'SUBS', { keys, fields })
const isData = (service: string) => (f: { data?: { service: string }[] }) => f.data?.[0]?.service === service
const rowOf = async (socket: StageSocket, service = LEVEL_ONE) =>
  (await socket.next(isData(service))).data[0].content[0]
const answer = async (socket: StageSocket) => (await socket.next((f) => f.response)).response[0]

/** As a client does it: the address is in the preference, LOGIN carries the token. */
async function loggedIn(s: Stage, o: SignInOptions = {}): Promise<StageSocket> {
  const { json } = await (await asker(s, o))('/trader/v1/userPreference')
  const [streamer] = json.streamerInfo
  const socket = await s.socket(streamer.streamerSocketUrl.replace(/^ws:\/\/[^/]+/, ''))
  const login = {
    Authorization: await tokenOf(s, o),
    SchwabClientChannel: streamer.schwabClientChannel,
    SchwabClientFunctionId: streamer.schwabClientFunctionId,
  }
  socket.send(request('ADMIN', 'LOGIN', login))
  const { content, SchwabClientCorrelId } = await answer(socket)
  expect([content.code, SchwabClientCorrelId]).toEqual([0, 'correlation'])
  return socket
}

describe('logging in to the streamer', () => {
  it('needs a token that is good, and comes before everything else', async () => {
    let wall = 1_000
    await using s = await stage(FRIDAY, { wallNowMs: () => wall })
    const socket = await s.socket('/schwab/ws')
    socket.send(subs('AAPL'))
    expect((await answer(socket)).content.code).toBe(20)
    socket.send('{')
    expect((await socket.next((f) => f.notify)).notify[0].content.code).toBe(21)
    const token = await tokenOf(s)
    wall += 1_800_000
    socket.send(request('ADMIN', 'LOGIN', { Authorization: token }))
    expect((await answer(socket)).content).toEqual({
      code: 3,
      msg: 'Login Denied.: token is invalid or has expired.',
    })
    expect(await socket.closed).toBe(1000)
  })

  it('ends the connection that the user had', async () => {
    await using s = await stage()
    const first = await loggedIn(s)
    const other = await loggedIn(s, { refreshToken: 'R0.other@' })
    const second = await loggedIn(s)
    expect((await first.next((f) => f.notify)).notify[0].content.code).toBe(12)
    expect(await first.closed).toBe(1000)
    for (const socket of [second, other]) {
      socket.send(subs('AAPL'))
      expect((await answer(socket)).content.code).toBe(0)
    }
  })

  it('ends after half a minute without a subscription, and beats while it lasts', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    await using s = await stage()
    const idle = await loggedIn(s)
    const busy = await loggedIn(s, { clientId: 'busy' })
    busy.send(subs('AAPL'))
    await answer(busy)
    vi.advanceTimersByTime(10_000)
    expect((await busy.next((f) => f.notify)).notify).toEqual([{ heartbeat: String(FRIDAY / 1000) }])
    vi.advanceTimersByTime(20_000)
    expect((await idle.next((f) => f.notify?.[0].content)).notify[0].content.code).toBe(30)
    expect(await idle.closed).toBe(1000)
    busy.send(request(LEVEL_ONE, 'UNSUBS', { keys: 'AAPL' }))
    expect((await answer(busy)).content.msg).toBe('UNSUBS command succeeded')
    vi.advanceTimersByTime(30_000)
    expect(await busy.closed).toBe(1000)
  })
})

describe('the streamer', () => {
  it('shows a symbol whole, then what changed', async () => {
    await using s = await stage()
    const socket = await loggedIn(s)
    socket.send(subs('AAPL,NOPE', '0,1,2,3,4,5,8,10,12,15,34,35'))
    expect((await answer(socket)).content).toEqual({ code: 0, msg: 'SUBS command succeeded' })
    const image = await rowOf(socket)
    const { quote } = (await (await asker(s))('/marketdata/v1/quotes?symbols=AAPL')).json.AAPL
    expect(image).toMatchObject({ key: 'AAPL', delayed: false, assetMainType: 'EQUITY', assetSubType: 'COE' })
    expect([image[3], image[8], image[10], image[12], image[35]]).toEqual([
      quote.lastPrice,
      quote.totalVolume,
      quote.highPrice,
      quote.closePrice,
      quote.tradeTime,
    ])
    expect(image[4] % 100).toBe(0)
    expect(image).not.toHaveProperty('17')
    s.set(FRIDAY + 20 * SECOND_US)
    const delta = await rowOf(socket)
    expect(delta).toMatchObject({ key: 'AAPL', 8: expect.any(Number), 35: expect.any(Number) })
    for (const field of ['12', '15', 'delayed', 'cusip', 'assetMainType'])
      expect(delta).not.toHaveProperty(field)
    for (const [field, value] of Object.entries(delta)) {
      if (field !== 'key') expect([field, value]).not.toEqual([field, image[field]])
    }
    expect(delta[8]).toBeGreaterThan(image[8])
    // Merged they are what REST says.
    s.set(delta[35] * 1000 + 999)
    const later = (await (await asker(s))('/marketdata/v1/quotes?symbols=AAPL')).json.AAPL.quote
    const merged = { ...image, ...delta }
    expect([merged[3], merged[8], merged[10]]).toEqual([later.lastPrice, later.totalVolume, later.highPrice])
  })

  it('adds and removes symbols, and knows its limit and its services', async () => {
    await using s = await stage()
    const socket = await loggedIn(s)
    socket.send(subs('AAPL', '0,3'))
    expect((await rowOf(socket)).key).toBe('AAPL')
    socket.send(request(LEVEL_ONE, 'ADD', { keys: 'KO,BRK/B' }))
    expect([(await rowOf(socket)).key, (await rowOf(socket)).key]).toEqual(['KO', 'BRK/B'])
    socket.send(request(LEVEL_ONE, 'UNSUBS', { keys: 'AAPL,BRK/B' }))
    await answer(socket)
    s.set(FRIDAY + 30 * SECOND_US)
    expect(await rowOf(socket)).toMatchObject({ key: 'KO' })
    const many = Array.from({ length: 500 }, (_, i) => `S${i}`).join(',')
    socket.send(request(LEVEL_ONE, 'ADD', { keys: many }))
    expect((await answer(socket)).content.code).toBe(19)
    socket.send(request('NYSE_BOOK', 'SUBS', { keys: 'KO', fields: '0,1' }))
    expect((await answer(socket)).content.code).toBe(11)
    socket.send(request(LEVEL_ONE, 'SUBS', {}))
    expect((await answer(socket)).content.code).toBe(21)
  })

  it('tells whole minutes when they are over, numbered from field 1', async () => {
    await using s = await stage()
    const socket = await loggedIn(s)
    socket.send(request('CHART_EQUITY', 'SUBS', { keys: 'AAPL,$SPX', fields: '0,1,2,3,4,5,6,7,8' }))
    await answer(socket)
    s.set(FRIDAY + 60 * SECOND_US)
    const bar = await rowOf(socket, 'CHART_EQUITY')
    expect(bar).toMatchObject({ key: 'AAPL', seq: 0 })
    expect(bar[7] * 1000).toBe(Math.floor(FRIDAY / MINUTE_US) * MINUTE_US)
    const path = `/marketdata/v1/pricehistory?symbol=AAPL&frequencyType=minute&startDate=${bar[7]}&endDate=${bar[7]}`
    const [candle] = (await (await asker(s))(path)).json.candles
    expect({
      open: bar[2],
      high: bar[3],
      low: bar[4],
      close: bar[5],
      volume: bar[6],
      datetime: bar[7],
    }).toEqual(candle)
    expect(await rowOf(socket, 'CHART_EQUITY')).toMatchObject({ key: '$SPX', 6: 0, seq: 1 })
  })

  it('is late for a user without agreements, and plays faults', async () => {
    await using s = await stage()
    const late = await loggedIn(s, { clientId: 'delayed' })
    late.send(subs('AAPL'))
    const image = await rowOf(late)
    expect([image.delayed, image[35] * 1000 <= FRIDAY - 15 * MINUTE_US]).toEqual([true, true])
    const socket = await loggedIn(s)
    s.simulator.faults.add({ vendor: 'schwab', kind: 'inverted', symbol: 'KO', count: 1, on: 'stream' })
    socket.send(subs('KO', '0,1,2,3'))
    const inverted = await rowOf(socket)
    expect(inverted[1]).toBeGreaterThan(inverted[2])
    s.simulator.faults.add({ vendor: 'schwab', kind: 'cut', on: 'stream', symbol: 'KO' })
    s.set(FRIDAY + 60 * SECOND_US)
    expect(await socket.closed).toBe(1006)
  })
})
