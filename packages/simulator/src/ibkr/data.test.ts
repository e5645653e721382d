import { HOUR_US, MINUTE_US, SECOND_US, sessionOn } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Market } from '../market/market.ts'
import { at, FRIDAY, type Stage, stage } from '../testing.ts'
import {
  asking,
  barsIn,
  EURO,
  type HistoryOptions,
  history,
  is,
  named,
  STOCK,
  signIn,
  type TestClient,
} from './testing-client.ts'

let s: Stage
let client: TestClient
let reqId = 0
const market = new Market(1)
const aapl = market.find('AAPL')!
beforeAll(async () => {
  s = await stage()
  client = await signIn(s.simulator.endpoints.ibkr!.tws!)
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await s[Symbol.asyncDispose]()
})

const answer = (number: number) => client.next((f) => is(number, reqId)(f) || is(4, reqId)(f))
const ask = async (o: HistoryOptions = {}) => {
  client.send(...history(++reqId, o))
  return answer(17)
}
const bars = async (o: HistoryOptions = {}) => barsIn(await ask(o))
const refusal = async (o: HistoryOptions) => {
  const [, , , code, text] = await ask(o)
  return `${code} ${text}`
}
const details = async (contract: string[]) => {
  client.send(9, 8, ++reqId, ...contract, 0, '', '', '')
  const rows = await client.until((f) => is(52, reqId)(f) || is(4, reqId)(f))
  return rows
}
const snapshot = async (contract: string[], on = client) => {
  on.send(1, 11, ++reqId, ...contract, ...asking({ snapshot: true }))
  return on.until((f) => is(57, reqId)(f) || (is(4, reqId)(f) && f[3] !== '10167'))
}
/** Tick type to value. */
const pricesIn = (rows: string[][]) => Object.fromEntries(rows.filter(is(1)).map((f) => [f[3], Number(f[4])]))
const sizesIn = (rows: string[][]) => Object.fromEntries(rows.filter(is(2)).map((f) => [f[3], Number(f[4])]))

describe('history', () => {
  it('gives minutes of the day in epoch seconds, the running one included', async () => {
    const minutes = await bars()
    const session = sessionOn('XNYS', '2026-11-20')!
    const expected = [...market.minutes(aapl, session.open, session.close, FRIDAY)]
    expect(
      minutes.map((b) => [Number(b.date) * SECOND_US, b.open, b.high, b.low, b.close, b.volume]),
    ).toEqual(expected.map((m) => [m.start, m.open, m.high, m.low, m.close, m.volume]))
    expect(Number(minutes.at(-1)!.date) * SECOND_US).toBe(FRIDAY - (FRIDAY % MINUTE_US))
    for (const b of minutes) expect(b.wap >= b.low - 0.0001 && b.wap <= b.high + 0.0001).toBe(true)
  })

  it('reaches into the morning when asked for all hours', async () => {
    const [first] = await bars({ rth: 0 })
    expect(Number(first!.date) * SECOND_US).toBeLessThan(sessionOn('XNYS', '2026-11-20')!.open)
    const hours = (await bars({ bar: '1 hour' })).map((b) => Number(b.date))
    expect(hours[0]).toBe(at('2026-11-20T09:30:00-05:00') / SECOND_US)
    expect(hours.slice(1).every((h) => h % 3_600 === 0)).toBe(true)
  })

  it('counts days in sessions and dates them as the exchange does, whatever the format', async () => {
    for (const format of [1, 2]) {
      const days = await bars({ bar: '1 day', back: '6 D', format })
      expect(days.map((b) => b.date)).toEqual([
        '20261113',
        '20261116',
        '20261117',
        '20261118',
        '20261119',
        '20261120',
      ])
    }
    const [day] = await bars({ bar: '1 day', back: '1 D', end: '20261119-23:59:59' })
    const session = sessionOn('XNYS', '2026-11-19')!
    expect(day).toMatchObject({ volume: market.regularDay(aapl, session, FRIDAY)!.volume, date: '20261119' })
    const [all] = await bars({ bar: '1 day', back: '1 D', end: '20261119-23:59:59', rth: 0 })
    expect(all!.volume).toBeGreaterThan(day!.volume)
  })

  it('dates weeks and months by their last session', async () => {
    const weeks = await bars({ bar: '1 week', back: '1 M' })
    expect(weeks.map((b) => b.date)).toEqual(['20261023', '20261030', '20261106', '20261113', '20261120'])
    const months = await bars({ bar: '1 month', back: '3 M' })
    expect(months.map((b) => b.date)).toEqual(['20260831', '20260930', '20261030', '20261120'])
    const days = await bars({ bar: '1 day', back: '5 D' })
    expect(weeks.at(-1)!.volume).toBe(days.reduce((sum, b) => sum + b.volume, 0))
  })

  it('stands on the share basis of today', async () => {
    const nvda = await bars({
      contract: named('NVDA'),
      bar: '1 day',
      back: '3 D',
      end: '20240611 18:00:00 US/Eastern',
    })
    expect(nvda.map((b) => b.date)).toEqual(['20240607', '20240610', '20240611'])
    expect(Math.abs(nvda[0]!.close / nvda[1]!.open - 1)).toBeLessThan(0.15)
    const raw = market.regularDay(market.find('NVDA')!, sessionOn('XNYS', '2024-06-07')!, FRIDAY)!
    expect(nvda[0]!.close).toBeCloseTo(raw.close / 10, 3)
    expect(nvda[0]!.volume).toBeCloseTo(raw.volume * 10, 3)
  })

  it('understands ends in UTC, in New York and in a named zone, and refuses others', async () => {
    const ends = [
      '20261119-15:00:00',
      '20261119 10:00:00',
      '20261119 10:00:00 US/Eastern',
      '20261119 16:00:00 Europe/Berlin',
    ]
    const seen = new Set<string>()
    for (const end of ends) seen.add(JSON.stringify(await bars({ end, back: '600 S' })))
    expect(seen.size).toBe(1)
    for (const end of ['yesterday', '20261319-10:00:00', '20261119 10:00:00 Mars/Olympus']) {
      expect(await refusal({ end })).toMatch(/^10314 /)
    }
    const texts = await bars({ end: ends[0]!, back: '120 S', format: 1 })
    expect(texts.map((b) => b.date)).toEqual(['20261119 09:58:00 US/Eastern', '20261119 09:59:00 US/Eastern'])
  })

  it('gives bid, ask, middle, and both: average bid, highest ask, lowest bid, average ask', async () => {
    const o = { contract: EURO, end: '20261119-15:00:00', back: '600 S' }
    const [bid, mid, offer, both] = [
      await bars({ ...o, show: 'BID' }),
      await bars({ ...o, show: 'MIDPOINT' }),
      await bars({ ...o, show: 'ASK' }),
      await bars({ ...o, show: 'BID_ASK' }),
    ]
    expect(mid.length).toBeGreaterThan(5)
    for (const [i, b] of mid.entries()) {
      expect(bid[i]!.close < b.close && b.close < offer[i]!.close).toBe(true)
      expect([both[i]!.low, both[i]!.high]).toEqual([bid[i]!.low, offer[i]!.high])
      expect(both[i]!.open).toBeLessThan(both[i]!.close)
      expect([b.volume, b.wap, b.count]).toEqual([-1, -1, -1])
    }
    expect(await refusal({ ...o, show: 'TRADES' })).toMatch(/^162 .*No historical market data for EUR\/CASH/)
  })

  it('gives coins as aggregated trades alone', async () => {
    const contract = ['', 'BTC', 'CRYPTO', '', '', '', '', 'PAXOS', '', 'USD', '', '']
    const minutes = await bars({ contract, show: 'AGGTRADES', back: '600 S' })
    expect(minutes.some((b) => !Number.isInteger(b.volume))).toBe(true)
    expect(await refusal({ contract, show: 'TRADES' })).toMatch(/^10299 /)
  })

  it('gives seconds for some hours and half a year back', async () => {
    const seconds = await bars({ bar: '5 secs', back: '600 S' })
    expect(seconds.length).toBeGreaterThan(60)
    const minutes = await bars({ bar: '1 min', back: '600 S' })
    const whole = seconds.filter((b) => Number(b.date) >= Number(minutes[0]!.date))
    expect(whole.reduce((sum, b) => sum + b.volume, 0)).toBe(minutes.reduce((sum, b) => sum + b.volume, 0))
    expect(await refusal({ bar: '1 secs', back: '1 D' })).toMatch(/^162 .*Time length exceed max/)
    expect(await refusal({ bar: '5 secs', back: '600 S', end: '20260119-16:00:00' })).toMatch(/no data/)
  })

  it.each([
    [{ bar: '7 mins' }, /^321 .*bar size/],
    [{ back: '1 X' }, /^321 .*duration/],
    [{ back: '400 D', bar: '1 day' }, /^321 .*years/],
    [{ back: '90000 S' }, /^321 .*days/],
    [{ back: '1 Y' }, /^162 .*Time length exceed max/],
    [{ show: 'YIELD_BID' }, /^162 .*No historical market data/],
    [{ contract: named('NOPE') }, /^200 No security definition/],
    [{ end: '19990101-12:00:00', bar: '1 day' }, /^162 .*HMDS query returned no data: AAPL@SMART Trades$/],
    [{ end: '20261121-12:00:00', back: '600 S' }, /^162 .*no data/],
  ] as [HistoryOptions, RegExp][])('refuses %j', async (o, expected) => {
    expect(await refusal(o)).toMatch(expected)
  })

  it('is spoiled on order: a bad row, a page that breaks off, nothing, other prices', async () => {
    const { faults } = s.simulator
    const order = (kind: 'malformed_row' | 'truncated_page' | 'empty' | 'unit_error' | 'stale') =>
      faults.add({ vendor: 'ibkr', kind, count: 1, match: 'TWS 20' })
    const clean = await bars({ back: '600 S' })
    order('malformed_row')
    const [, , , , count, ...fields] = await ask({ back: '600 S' })
    expect([Number(count) * 8, fields.filter((f) => f === 'n/a').length]).toEqual([fields.length, 7])
    order('truncated_page')
    const half = await ask({ back: '600 S' })
    expect((half.length - 5) / 8).toBeLessThan(Number(half[4]))
    order('empty')
    expect(await refusal({ back: '600 S' })).toMatch(/HMDS query returned no data/)
    order('unit_error')
    expect((await bars({ back: '600 S' })).at(-1)!.close).toBeCloseTo(clean.at(-1)!.close * 100, 4)
    order('stale')
    const old = await ask({ back: '2 D' })
    expect(Number(barsIn(old).at(-1)!.date) * SECOND_US).toBeLessThan(FRIDAY - HOUR_US + MINUTE_US)
  })
})

describe('contracts', () => {
  it('are described with a number that stays the same, in every field of the version', async () => {
    const [row, end] = await details(STOCK)
    expect(row!.slice(0, 15)).toEqual([
      '10',
      String(reqId),
      'AAPL',
      'STK',
      '',
      '',
      '0',
      '',
      'SMART',
      'USD',
      'AAPL',
      'NMS',
      'NMS',
      expect.stringMatching(/^\d+$/),
      '0.01',
    ])
    expect(row).toHaveLength(42)
    expect(row).toContain('NASDAQ')
    expect(row!.find((f) => f.startsWith('20261120:'))).toMatch(
      /^20261120:0400-20261120:2000;20261121:CLOSED;20261122:CLOSED;20261123:0400-20261123:2000/,
    )
    expect(end).toEqual(['52', '1', String(reqId)])
    const byNumber = [row![13]!, ...Array(6).fill(''), 'SMART', '', '', '', '']
    expect((await details(byNumber))[0]!.slice(2)).toEqual(row!.slice(2))
    await using other = await stage()
    await using second = await signIn(other.simulator.endpoints.ibkr!.tws!)
    second.send(9, 8, 1, ...STOCK, 0, '', '', '')
    expect((await second.next(is(10)))[13]).toBe(row![13])
  })

  it('of the same name are listed abroad too, and then the name alone is not enough', async () => {
    const rows = await details(STOCK.with(9, ''))
    expect(rows.slice(0, -1).map((f) => f[9])).toEqual(['USD', 'MXN'])
    expect(new Set(rows.slice(0, -1).map((f) => f[13])).size).toBe(2)
    expect((await ask({ contract: STOCK.with(9, '') })).slice(3, 5)).toEqual([
      '200',
      'The contract description specified for AAPL is ambiguous.',
    ])
    const abroad = STOCK.with(9, 'MXN')
    expect((await snapshot(abroad)).at(-1)![3]).toBe('354')
    expect(await refusal({ contract: abroad })).toMatch(/^162 .*permissions for MEXI STK/)
    expect((await details(STOCK.with(8, 'NYSE'))).at(-1)![3]).toBe('200')
    expect((await details(STOCK.with(8, 'NASDAQ'))).length).toBe(2)
  })

  it('write classes with a blank, pairs with a point, and know no others', async () => {
    expect((await details(named('BRK B')))[0]![2]).toBe('BRK B')
    const euro = await details(EURO)
    expect(euro[0]!.slice(2, 12)).toEqual([
      'EUR',
      'CASH',
      '',
      '',
      '0',
      '',
      'IDEALPRO',
      'USD',
      'EUR.USD',
      'EUR.USD',
    ])
    expect((await details(EURO.with(9, ''))).length).toBeGreaterThan(3)
    expect((await details(EURO.with(7, 'SMART'))).at(-1)![3]).toBe('200')
    expect((await details(named('BTC-USD'))).at(-1)![3]).toBe('200')
  })

  it('say who they are, so that a wrong one is seen', async () => {
    s.simulator.faults.add({ vendor: 'ibkr', kind: 'wrong_symbol', count: 1, match: 'TWS 9' })
    expect((await details(STOCK))[0]![2]).not.toBe('AAPL')
  })
})

describe('snapshots', () => {
  it('tell bid, ask, last, sizes in shares, the day and the close before, and end', async () => {
    const rows = await snapshot(STOCK)
    expect(rows.slice(0, 2).map((f) => f[0])).toEqual(['81', '58'])
    const prices = pricesIn(rows)
    const quote = market.bidAsk(aapl, FRIDAY)!
    const last = market.lastTrade(aapl, FRIDAY)!
    const day = market.day(aapl, sessionOn('XNYS', '2026-11-20')!, FRIDAY)!
    const before = market.day(aapl, sessionOn('XNYS', '2026-11-19')!, FRIDAY)!
    expect(prices).toEqual({
      1: quote.bid,
      2: quote.ask,
      4: last.price,
      6: day.high,
      7: day.low,
      9: before.close,
      14: day.open,
    })
    expect(sizesIn(rows)).toEqual({
      0: quote.bidSize * 100,
      3: quote.askSize * 100,
      5: last.size,
      8: day.volume,
    })
    expect(rows.find(is(46))!.slice(3)).toEqual(['45', String(Math.floor(last.ts / SECOND_US))])
    expect(rows.at(-1)![0]).toBe('57')
  })

  it('of a pair have neither last nor volume', async () => {
    const rows = await snapshot(EURO)
    expect(Object.keys(pricesIn(rows))).toEqual(['1', '2', '6', '7', '9'])
    expect(Object.keys(sizesIn(rows))).toEqual(['0', '3'])
    expect(rows.some(is(46))).toBe(false)
  })

  it('take no generic ticks, and are spoiled on order', async () => {
    client.send(1, 11, ++reqId, ...STOCK, ...asking({ snapshot: true, generic: '233' }))
    expect((await client.next(is(4, reqId)))[3]).toBe('321')
    const { faults } = s.simulator
    faults.add({ vendor: 'ibkr', kind: 'empty', count: 1 })
    expect((await snapshot(STOCK)).map((f) => f[0])).toEqual(['81', '58', '57'])
    faults.add({ vendor: 'ibkr', kind: 'malformed_row', count: 1 })
    expect((await snapshot(STOCK)).filter((f) => f[4] === 'n/a')).toHaveLength(1)
    faults.add({ vendor: 'ibkr', kind: 'inverted', count: 1 })
    const inverted = pricesIn(await snapshot(STOCK))
    expect(inverted[1]!).toBeGreaterThan(inverted[2]!)
  })

  it('are refused to who has delayed data only, until he asks for it: then they are 15 minutes old', async () => {
    await using delayed = await signIn(s.simulator.endpoints.ibkr!.tws!, 800)
    expect((await snapshot(STOCK, delayed)).at(-1)![3]).toBe('10089')
    expect((await snapshot(named('IBM'), delayed)).at(-1)![3]).toBe('354')
    delayed.send(59, 1, 3)
    const rows = await snapshot(STOCK, delayed)
    expect(rows[0]!.slice(2, 4)).toEqual([String(reqId), '10167'])
    expect(rows.find(is(58))).toEqual(['58', '1', String(reqId), '3'])
    const then = FRIDAY - 15 * MINUTE_US
    const quote = market.bidAsk(aapl, then)!
    expect(pricesIn(rows)).toMatchObject({
      66: quote.bid,
      67: quote.ask,
      68: market.lastTrade(aapl, then)!.price,
    })
    expect(Object.keys(pricesIn(rows))).toEqual(['66', '67', '68', '72', '73', '75', '76'])
    expect(Object.keys(sizesIn(rows))).toEqual(['69', '70', '71', '74'])
    delayed.send(...history(++reqId))
    const last = barsIn(await delayed.next(is(17, reqId))).at(-1)!
    expect(Number(last.date) * SECOND_US).toBeLessThanOrEqual(then)
  })
})

describe('market data lines', () => {
  it('begin with everything and go on with what changes, until cancelled', async () => {
    await using own = await stage()
    await using line = await signIn(own.simulator.endpoints.ibkr!.tws!)
    line.send(1, 11, 1, ...STOCK, ...asking())
    const first = await line.until(is(45, 1))
    expect(Object.keys(pricesIn(first))).toEqual(['1', '2', '4', '6', '7', '9', '14'])
    own.set(FRIDAY + 4 * SECOND_US)
    const later = FRIDAY + 4 * SECOND_US
    const [, , , , price] = await line.next(
      (f) => is(1, 1)(f) && f[3] === '4' && Number(f[4]) === market.lastTrade(aapl, later)!.price,
    )
    expect(Number(price)).toBe(market.lastTrade(aapl, later)!.price)
    const volume = await line.next((f) => is(2, 1)(f) && f[3] === '8')
    expect(Number(volume[4])).toBeGreaterThan(sizesIn(first)[8]!)
    line.send(2, 1, 1)
    line.send(49, 1)
    await line.next(is(49))
    own.set(FRIDAY + 60 * SECOND_US)
    line.send(...history(2, { bar: '1 day' }))
    expect((await line.next())[0]).toBe('17')
  })

  it('play what is ordered: doubled, mute, bent, spoiled and cut', async () => {
    await using own = await stage()
    const { faults } = own.simulator
    await using line = await signIn(own.simulator.endpoints.ibkr!.tws!)
    line.send(1, 11, 1, ...EURO, ...asking())
    await line.next((f) => is(1, 1)(f) && f[3] === '9')
    let now = FRIDAY
    const moved = () => {
      now += 10 * SECOND_US
      own.set(now)
    }
    const bid = async () => Number((await line.next((f) => is(1, 1)(f) && f[3] === '1'))[4])
    faults.add({ vendor: 'ibkr', kind: 'mute' })
    moved()
    await expect.poll(() => faults.list()[0]!.hits).toBeGreaterThan(0)
    line.send(49, 1)
    expect((await line.next())[0]).toBe('49')
    faults.clear()
    faults.add({ vendor: 'ibkr', kind: 'duplicate', on: 'stream', count: 1 })
    moved()
    const offer = (f: string[]) => is(1, 1)(f) && f[3] === '2'
    expect(await line.next(offer)).toEqual(await line.next(offer))
    moved()
    const plain = await bid()
    faults.add({ vendor: 'ibkr', kind: 'unit_error', on: 'stream', symbol: 'EUR-USD' })
    moved()
    await expect.poll(bid).toBeGreaterThan(plain * 99)
    faults.clear()
    faults.add({ vendor: 'ibkr', kind: 'malformed_row', on: 'stream' })
    moved()
    await line.next((f) => is(1, 1)(f) && f[4] === 'n/a')
    faults.clear()
    line.send(1, 11, 2, ...STOCK, ...asking())
    await line.next(is(45, 2))
    faults.add({ vendor: 'ibkr', kind: 'cut', on: 'stream', symbol: 'AAPL' })
    moved()
    await line.closed
  })
})

describe('options', () => {
  const option = (terms: { expiry: string; strike: string; right: string }) => [
    '',
    'AAPL',
    'OPT',
    terms.expiry,
    terms.strike,
    terms.right,
    '100',
    'SMART',
    '',
    'USD',
    '',
    '',
  ]

  it('are found by expiries and strikes, then by terms', async () => {
    const conId = (await details(STOCK))[0]![13]!
    client.send(78, ++reqId, 'AAPL', '', 'STK', conId)
    const rows = await client.until(is(76, reqId))
    expect(rows[0]!.slice(2, 6)).toEqual(['SMART', conId, 'AAPL', '100'])
    const count = Number(rows[0]![6])
    const expiries = rows[0]!.slice(7, 7 + count)
    const strikes = rows[0]!.slice(8 + count)
    expect(expiries).toContain('20261218')
    expect(strikes).toHaveLength(Number(rows[0]![7 + count]))
    expect(strikes).toContain('270')
    const chain = await details(option({ expiry: '20261218', strike: '0', right: '' }))
    expect(chain.length).toBeGreaterThan(40)
    const [one, ...rest] = await details(option({ expiry: '20261218', strike: '270', right: 'C' }))
    expect(rest).toHaveLength(1)
    expect(one!.slice(2, 14)).toEqual([
      'AAPL',
      'OPT',
      '20261218',
      '20261218',
      '270',
      'C',
      'SMART',
      'USD',
      'AAPL  261218C00270000',
      'AAPL',
      'AAPL',
      expect.any(String),
    ])
    const local = ['', '', 'OPT', '', '', '', '', 'SMART', '', '', 'AAPL  261218C00270000', '']
    expect((await details(local))[0]![13]).toBe(one![13])
    expect((await details(option({ expiry: '20261218', strike: '271.23', right: 'C' }))).at(-1)![3]).toBe(
      '200',
    )
  })

  it('have quotes, open interest when asked, and the greeks', async () => {
    client.send(
      1,
      11,
      ++reqId,
      ...option({ expiry: '20261218', strike: '270', right: 'P' }),
      ...asking({ generic: '101' }),
    )
    const rows = await client.until((f) => is(21, reqId)(f) && f[2] === '13')
    expect(pricesIn(rows)[1]!).toBeLessThan(pricesIn(rows)[2]!)
    expect(sizesIn(rows)[28]!).toBeGreaterThan(0)
    const [, , , , volatility, delta, , , gamma, vega, theta, underlying] = rows.at(-1)!.map(Number)
    expect(volatility! > 0.05 && volatility! < 1).toBe(true)
    expect(delta! < 0 && gamma! > 0 && vega! > 0 && theta! < 0).toBe(true)
    expect(underlying).toBeCloseTo(market.lastTrade(aapl, FRIDAY)!.price, 0)
    client.send(2, 1, reqId)
  })
})

describe('what is legacy', () => {
  it('refuses figures of companies, and has none of funds', async () => {
    const figures = async (symbol: string) => {
      client.send(52, 2, ++reqId, '', symbol, 'STK', 'SMART', '', 'USD', '', 'ReportSnapshot', '')
      return (await client.next(is(4, reqId)))[3]
    }
    expect([await figures('AAPL'), await figures('SPY')]).toEqual(['10358', '430'])
    client.send(87, ++reqId, ...STOCK, 0, 1, 'TRADES', 2)
    expect((await client.next(is(88, reqId)))[2]).toMatch(/^\d{8}-\d{2}:\d{2}:\d{2}$/)
  })
})
