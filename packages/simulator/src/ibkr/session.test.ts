import { describe, expect, it } from 'vitest'
import { FRIDAY, type Stage, stage } from '../testing.ts'
import { FrameReader, frame, message } from './frames.ts'
import { asking, greet, history, is, isNotice, named, STOCK, signIn } from './testing-client.ts'

const tws = (s: Stage): string => s.simulator.endpoints.ibkr!.tws!

describe('the frames of the TWS socket', () => {
  it('are read however the network cuts them', () => {
    const bytes = Buffer.concat([
      Buffer.from('API\0'),
      frame('v100..193'),
      frame(message(71, 2, 1, '')),
      frame(message(49, 1)),
    ])
    for (const size of [1, 3, 7, 1_000]) {
      const seen: unknown[] = []
      const reader = new FrameReader(
        (versions) => seen.push(versions),
        (fields) => seen.push(fields),
      )
      for (let i = 0; i < bytes.length; i += size) reader.push(bytes.subarray(i, i + size))
      expect(seen).toEqual([{ min: 100, max: 193 }, ['71', '2', '1', ''], ['49', '1']])
    }
  })

  it('are refused when they are none', () => {
    const reader = () =>
      new FrameReader(
        () => {},
        () => {},
      )
    expect(() => reader().push(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow('no greeting')
    expect(() => reader().push(Buffer.from('API\0\x7f\xff\xff\xff'))).toThrow()
  })
})

describe('signing in', () => {
  it('greets with version and time, then names the account, the next order and the farms', async () => {
    await using s = await stage()
    await using client = await greet(tws(s))
    expect(await client.next()).toEqual(['193', '20261120 14:41:33 US/Eastern'])
    client.send(71, 2, 7, '')
    const opening = await client.until(isNotice(2158))
    expect(opening).toEqual([
      ['15', '1', 'DU1000001'],
      ['9', '1', '1'],
      ['4', '2', '-1', '2104', expect.any(String), ''],
      ['4', '2', '-1', '2106', expect.any(String), ''],
      ['4', '2', '-1', '2158', expect.any(String), ''],
    ])
    client.send(49, 1)
    expect(await client.next()).toEqual(['49', '1', String(Math.floor(FRIDAY / 1e6))])
    client.send(999)
    expect((await client.next(is(4)))[3]).toBe('505')
    expect(s.simulator.requestsAfter(0)).toMatchObject([
      { vendor: 'ibkr', path: 'TWS 71 startApi 7', status: 200, credential: '7' },
      { path: 'TWS 49 reqCurrentTime', status: 200 },
      { path: 'TWS 999 unknown', status: 505 },
    ])
  })

  it('speaks the older of two versions, and none that is newer than its own', async () => {
    await using s = await stage()
    await using older = await greet(tws(s), 'v100..176')
    expect((await older.next())[0]).toBe('176')
    await using newer = await greet(tws(s), 'v201..210')
    await newer.closed
  })

  it('lets each id in once at a time, and 900 and above never', async () => {
    await using s = await stage()
    await using first = await signIn(tws(s), 5)
    await using second = await greet(tws(s))
    await second.next()
    second.send(71, 2, 5, '')
    expect(await second.next()).toEqual([
      '4',
      '2',
      '-1',
      '326',
      expect.stringContaining('already in use'),
      '',
    ])
    await second.closed
    await using refused = await greet(tws(s))
    await refused.next()
    refused.send(71, 2, 900, '')
    await refused.closed
    expect(refused.drain()).toEqual([])
    await first[Symbol.asyncDispose]()
    await expect
      .poll(async () => {
        await using again = await greet(tws(s))
        await again.next()
        again.send(71, 2, 5, '')
        return (await again.next())[0]
      })
      .toBe('15')
  })

  it('ends with the simulator', async () => {
    const s = await stage()
    await using client = await signIn(tws(s))
    await s[Symbol.asyncDispose]()
    await client.closed
  })
})

describe('the limits', () => {
  it('allow 50 messages a second, then warn, then show out', async () => {
    let nowMs = 1_000
    await using s = await stage(FRIDAY, { quotas: true, wallNowMs: () => nowMs })
    await using client = await signIn(tws(s))
    for (let i = 0; i < 49; i++) client.send(49, 1)
    client.send(49, 1)
    const answers = await client.until(is(4))
    expect([answers.length, answers.at(-1)![3]]).toEqual([50, '100'])
    expect(answers.at(-1)![4]).toContain('max=50')
    nowMs += 1_000
    client.send(49, 1)
    expect((await client.next())[0]).toBe('49')
    for (let i = 0; i < 60; i++) client.send(49, 1)
    await client.closed
    expect(s.simulator.quotas.list().find((q) => q.credential === '1')!.refused).toBeGreaterThanOrEqual(3)
  })

  it('allow a hundred market data lines for all clients together', async () => {
    await using s = await stage()
    const symbols = ['AAPL', 'MSFT', 'NVDA', 'IBM', 'SPY']
    await using one = await signIn(tws(s), 1)
    await using two = await signIn(tws(s), 2)
    for (let i = 0; i < 100; i++) {
      const client = i % 2 === 0 ? one : two
      client.send(1, 11, i, ...named(symbols[i % 5]!), ...asking())
    }
    await Promise.all([one.next(is(81, 98)), two.next(is(81, 99))])
    one.send(1, 11, 1_000, ...STOCK, ...asking())
    expect((await one.next(is(4, 1_000)))[3]).toBe('101')
    // The second answer says that the first was heard: a line is free.
    two.send(2, 1, 99)
    two.send(2, 1, 99)
    expect((await two.next(is(4, 99))).slice(3, 5)).toEqual(['300', "Can't find EId with tickerId:99"])
    one.send(1, 11, 1_001, ...STOCK, ...asking())
    one.send(1, 11, 1_002, ...STOCK, ...asking())
    expect((await one.next(is(4, 1_002)))[3]).toBe('101')
  })

  it('pace history: identical within 15 s, six in 2 s, 60 in 10 minutes, bid and ask as two', async () => {
    let nowMs = 1_000_000
    await using s = await stage(FRIDAY, { quotas: true, wallNowMs: () => nowMs })
    await using client = await signIn(tws(s))
    let reqId = 0
    const ask = async (o: Parameters<typeof history>[1]) => {
      client.send(...history(++reqId, { bar: '1 day', ...o }))
      const [number, , , code] = await client.next((f) => is(17, reqId)(f) || is(4, reqId)(f))
      return number === '17' ? 'bars' : code
    }
    expect([await ask({ back: '2 D' }), await ask({ back: '2 D' })]).toEqual(['bars', '162'])
    nowMs += 15_001
    expect(await ask({ back: '2 D' })).toBe('bars')
    nowMs += 2_001
    const burst = []
    for (let days = 3; days <= 8; days++) burst.push(await ask({ back: `${days} D` }))
    expect(burst).toEqual(['bars', 'bars', 'bars', 'bars', 'bars', '162'])
    expect(await ask({ back: '9 D', contract: named('MSFT') })).toBe('bars')
    // Eight have been answered and two refused by the rules, which count all the same.
    let answered = 0
    for (let days = 10; days < 120; days++) {
      nowMs += 3_000
      const got = await ask({ back: `${days} D`, show: 'BID_ASK' })
      if (got !== 'bars') break
      answered++
    }
    expect(answered).toBe((60 - 10) / 2)
    nowMs += 600_000
    expect(await ask({ back: '2 D' })).toBe('bars')
    const refused = s.simulator.requestsAfter(0).filter((r) => r.status === 162)
    expect(refused).toHaveLength(3)
  })
})

describe('faults on the TWS socket', () => {
  it('refuse a request with the code that says it here', async () => {
    await using s = await stage()
    await using client = await signIn(tws(s))
    const { faults } = s.simulator
    let reqId = 100
    const codeOf = async (kind: 'history' | 'quote') => {
      reqId++
      if (kind === 'history') client.send(...history(reqId))
      else client.send(1, 11, reqId, ...STOCK, ...asking({ snapshot: true }))
      const [, , , code, text] = await client.next(is(4, reqId))
      return `${code} ${text}`
    }
    const order = (kind: 'rate_limited' | 'server_error' | 'unauthorized' | 'plan_error') =>
      faults.add({ vendor: 'ibkr', kind, count: 1 })
    order('rate_limited')
    expect(await codeOf('history')).toMatch(/^162 .*pacing violation$/)
    order('rate_limited')
    expect(await codeOf('quote')).toMatch(/^420 /)
    order('plan_error')
    expect(await codeOf('history')).toMatch(/^162 .*No market data permissions/)
    order('plan_error')
    expect(await codeOf('quote')).toMatch(/^354 /)
    order('server_error')
    expect(await codeOf('history')).toMatch(/^162 .*timed out/)
    order('server_error')
    expect(await codeOf('quote')).toMatch(/^10182 /)
    order('unauthorized')
    expect(await codeOf('quote')).toMatch(/^10197 /)
    expect(s.simulator.requestsAfter(0).filter((r) => r.fault !== null)).toHaveLength(7)
  })

  it('hold back, cut, and leave unanswered', async () => {
    await using s = await stage()
    const { faults } = s.simulator
    await using client = await signIn(tws(s))
    faults.add({ vendor: 'ibkr', kind: 'timeout', match: 'TWS 20', count: 1 })
    client.send(...history(1))
    client.send(49, 1)
    expect((await client.next())[0]).toBe('49')
    faults.add({ vendor: 'ibkr', kind: 'slow', match: 'TWS 20', count: 2, delayMs: 60 })
    client.send(...history(2))
    expect((await client.next())[0]).toBe('17')
    client.send(...history(3))
    client.send(25, 1, 3)
    expect((await client.next(is(4, 3)))[4]).toContain('query cancelled: 3')
    client.send(25, 1, 3)
    expect((await client.next(is(4, 3)))[3]).toBe('366')
    faults.add({ vendor: 'ibkr', kind: 'cut', match: 'TWS 9', count: 1 })
    client.send(9, 8, 4, ...STOCK, 0, '', '', '')
    await client.closed
    faults.add({ vendor: 'ibkr', kind: 'unauthorized', count: 1 })
    await using refused = await greet(tws(s))
    await refused.next()
    refused.send(71, 2, 1, '')
    await refused.closed
  })

  it('break the link to the vendor: 1100, silence, 1102', async () => {
    await using s = await stage()
    const { faults } = s.simulator
    await using client = await signIn(tws(s))
    client.send(1, 11, 1, ...STOCK, ...asking())
    await client.next(is(45, 1))
    faults.add({ vendor: 'ibkr', kind: 'server_error', on: 'stream' })
    expect((await client.next(is(4)))[3]).toBe('1100')
    client.drain()
    s.set(FRIDAY + 20_000_000)
    client.send(49, 1)
    expect((await client.next())[0]).toBe('49')
    faults.clear()
    expect((await client.next())[3]).toBe('1102')
  })
})
