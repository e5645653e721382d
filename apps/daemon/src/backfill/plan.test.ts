import type { Instrument } from '@onetape/db'
import { DAY_US, HOUR_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { planChunks } from './plan.ts'

const equity = { id: 1, assetClass: 'equity' } as Instrument
const coin = { id: 2, assetClass: 'crypto' } as Instrument
const iso = (us: number) => new Date(us / 1000).toISOString().slice(0, 16)
const at = (text: string) => Date.parse(`${text}Z`) * 1000
const request = { days: 5, timeframes: null, today: false } as const
const shown = (plan: ReturnType<typeof planChunks>) =>
  plan.chunks.map((c) => `${c.instrumentId} ${c.timeframe} ${iso(c.from)} ${iso(c.to)}`)

describe('planChunks', () => {
  it('ends with the last session that is over, so that the same request is the same all day', () => {
    // Wednesday 2024-06-05, 11:00 in New York: Tuesday's session is the last one.
    const morning = planChunks([equity, coin], request, at('2024-06-05T15:00'))
    expect(shown(morning)).toEqual([
      '1 1d 2024-05-31T00:00 2024-06-05T00:00',
      '2 1d 2024-05-31T00:00 2024-06-05T00:00',
      '1 1m 2024-05-31T08:00 2024-06-05T00:00',
      '2 1m 2024-05-31T00:00 2024-06-05T00:00',
    ])
    expect(shown(planChunks([equity, coin], request, at('2024-06-05T20:00')))).toEqual(shown(morning))
    const evening = planChunks([equity], request, at('2024-06-06T00:30'))
    expect(shown(evening)[0]).toBe('1 1d 2024-05-31T00:00 2024-06-06T00:00')
  })

  it('takes the running session in with today', () => {
    const plan = planChunks([equity], { ...request, today: true }, at('2024-06-05T15:00'))
    expect(shown(plan)).toEqual([
      '1 1d 2024-05-31T00:00 2024-06-06T00:00',
      '1 1m 2024-05-31T08:00 2024-06-05T15:00',
    ])
    const preMarket = planChunks([equity], { ...request, today: true }, at('2024-06-05T09:00'))
    expect(shown(preMarket)[1]).toBe('1 1m 2024-05-30T08:00 2024-06-05T09:00')
  })

  it('counts back from the newest session, so that a weekend finds something too', () => {
    const sunday = planChunks([equity], { ...request, days: 1 }, at('2024-06-02T15:00'))
    expect(shown(sunday)[0]).toBe('1 1d 2024-05-30T00:00 2024-06-01T00:00')
    const mondayMorning = planChunks([equity], { ...request, days: 1 }, at('2024-06-03T14:00'))
    expect(shown(mondayMorning)[0]).toBe('1 1d 2024-05-31T00:00 2024-06-01T00:00')
  })

  it('asks for minutes of five days unless they are asked for, a week at a time', () => {
    const usual = planChunks([coin], { ...request, days: 30 }, at('2024-06-05T15:00'))
    expect(usual.chunks.map((c) => (c.to - c.from) / DAY_US)).toEqual([30, 5])
    const minutes = planChunks([coin], { ...request, days: 30, timeframes: ['1m'] }, at('2024-06-05T15:00'))
    expect(minutes.chunks.map((c) => (c.to - c.from) / DAY_US)).toEqual([7, 7, 7, 7, 2])
    expect(minutes.chunks.slice(1).map((c) => c.from)).toEqual(minutes.chunks.slice(0, -1).map((c) => c.to))
    const hours = planChunks([coin], { ...request, days: 400, timeframes: ['1h'] }, at('2024-06-05T15:00'))
    expect(hours.chunks.every((c) => c.to - c.from <= 180 * DAY_US && (c.to - c.from) % HOUR_US === 0)).toBe(
      true,
    )
  })

  it('estimates calls and rows', () => {
    const { estimate, from, to } = planChunks(
      [coin],
      { ...request, days: 2, timeframes: ['1m'] },
      at('2024-06-05T15:00'),
    )
    expect(estimate).toEqual({ rows: 2880, calls: 10 })
    expect([iso(from), iso(to)]).toEqual(['2024-06-03T00:00', '2024-06-05T00:00'])
  })
})
