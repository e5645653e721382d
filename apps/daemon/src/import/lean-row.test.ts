import { describe, expect, it } from 'vitest'
import { leanUnsupported, parseLeanLine } from './lean-row.ts'

const equity = (resolution: 'daily' | 'hour' | 'minute' | 'tick', date: string | null = null) =>
  ({ what: 'trade', security: 'equity', resolution, symbol: 'AAPL', date }) as const

const iso = (us: number) => new Date(us / 1000).toISOString()

describe('parseLeanLine', () => {
  it('reads an equity day: integers of 1/10000 dollar', () => {
    expect(parseLeanLine('20140609 00:00,926900,938800,917500,937000,72875948', equity('daily'))).toEqual({
      row: {
        timeframe: '1d',
        ts: Date.UTC(2014, 5, 9) * 1000,
        sessionDate: '2014-06-09',
        open: 92.69,
        high: 93.88,
        low: 91.75,
        close: 93.7,
        volume: 72875948,
      },
    })
  })

  it('reads hours and minutes in New York time, summer and winter', () => {
    const hour = parseLeanLine('19980102 09:00,136300,137500,135000,136300,540700', equity('hour'))
    expect('row' in hour && iso(hour.row.ts)).toBe('1998-01-02T14:00:00.000Z')
    const minute = parseLeanLine(
      '15300000,6448000,6448000,6448000,6448000,90',
      equity('minute', '2014-06-05'),
    )
    expect('row' in minute && iso(minute.row.ts)).toBe('2014-06-05T08:15:00.000Z')
    expect('row' in minute && minute.row).toMatchObject({
      timeframe: '1m',
      sessionDate: '2014-06-05',
      open: 644.8,
    })
  })

  it('reads crypto plain and in UTC', () => {
    const file = {
      what: 'trade',
      security: 'crypto',
      resolution: 'minute',
      symbol: 'BTC-USD',
      date: '2016-10-07',
    } as const
    const got = parseLeanLine('60000,611.78,611.91,611.78,611.9,1.13872', file)
    expect(got).toMatchObject({ row: { open: 611.78, volume: 1.13872 } })
    expect('row' in got && iso(got.row.ts)).toBe('2016-10-07T00:01:00.000Z')
  })

  it('says what is wrong with a line', () => {
    const fault = (line: string, file = equity('daily')) =>
      (parseLeanLine(line, file) as { fault: string }).fault
    expect(fault('20140609 00:00,1,2')).toContain('3 columns')
    expect(fault('20140609 00:00,a,2,3,4,5')).toContain('"a" is not a number')
    expect(fault('20140609 00:00,,2,3,4,5')).toContain('"" is not a number')
    expect(fault('20140231 00:00,1,2,3,4,5')).toContain('no date')
    expect(fault('20140609 00:00,1.5,2,1,2,5')).toContain('decimals')
    expect(fault('86400000,1,2,1,2,5', equity('minute', '2014-06-09'))).toContain('time of day')
    expect(fault('1,1,2,1,2,5', equity('minute', '2014-06-09'))).toContain('start of a minute')
  })
})

it('leanUnsupported names what has no home', () => {
  expect(leanUnsupported(equity('daily'))).toBeNull()
  expect(leanUnsupported({ ...equity('minute', '2014-06-09'), what: 'quote' })).toContain('bid/ask')
  expect(leanUnsupported(equity('tick', '2014-06-09'))).toContain('tick')
  expect(leanUnsupported({ ...equity('daily'), security: 'option' })).toContain('option')
})
