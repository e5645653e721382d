import { describe, expect, it } from 'vitest'
import type { PreferencesPort } from './ports.ts'
import { createRouter } from './router.ts'
import { AAPL, equity, MSFT, routerStage, story } from './testing-router.ts'

const HOUSE = { userId: 'u', cacheMs: 0 }
const TSLA = equity('TSLA')

describe('a pinned symbol', () => {
  it('is asked of its source first, the others of the order stand in; the rest goes the usual way', async () => {
    const { router, scripted } = routerStage(
      { polygon: {}, alpaca: {}, yahoo: {} },
      { pins: { MSFT: 'yahoo', TSLA: 'yahoo' } },
    )
    const { rows } = await router.quotes({ ...HOUSE, refs: [AAPL, MSFT, TSLA] })
    expect(rows.map(({ receipt }) => [receipt.source, receipt.order])).toEqual([
      ['polygon', 'house'],
      ['yahoo', 'pin'],
      ['yahoo', 'pin'],
    ])
    expect(scripted.yahoo!.asked.map((call) => call.symbols)).toEqual([['MSFT', 'TSLA']])
    expect(story(rows[1]!.receipt.attempts)).toEqual([
      'yahoo served',
      'polygon skipped not_needed',
      'alpaca skipped not_needed',
    ])
  })

  it('falls back down the user’s order, which need not name the pinned source', async () => {
    const order = { primary: 'alpaca', fallbacks: ['polygon'] }
    const { router, scripted } = routerStage(
      { polygon: {}, alpaca: {}, yahoo: {} },
      { order, pins: { AAPL: 'yahoo' } },
    )
    scripted.yahoo!.script.push({ error: 'unavailable' })
    const { rows } = await router.snapshots({ ...HOUSE, refs: [AAPL] })
    expect(story(rows[0]!.receipt.attempts)).toEqual([
      'yahoo failed unavailable',
      'alpaca served',
      'polygon skipped not_needed',
    ])
    expect(rows[0]!.receipt).toMatchObject({ order: 'pin', source: 'alpaca' })
  })

  it('whose source is gone is said, and answered all the same', async () => {
    const { router } = routerStage({ polygon: {} }, { pins: { AAPL: 'alpaca:2' } })
    const { rows } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(rows[0]!.receipt.attempts[0]).toMatchObject({
      reason: 'not_connected',
      message: 'alpaca:2 is pinned but is not connected',
    })
    expect(rows[0]!.value).not.toBeNull()
  })

  it('moves at once: what was kept for another pin is not given again', async () => {
    const pins: Record<string, string> = {}
    const { router } = routerStage({ polygon: {}, yahoo: {} }, { pins })
    const ask = async () => (await router.quotes({ userId: 'u', refs: [AAPL], cacheMs: 60_000 })).rows[0]!
    expect((await ask()).receipt.source).toBe('polygon')
    pins.AAPL = 'yahoo'
    expect((await ask()).receipt.source).toBe('yahoo')
    delete pins.AAPL
    expect((await ask()).receipt).toMatchObject({ source: 'polygon', freshness: 'cached' })
  })

  it('holds for bars too, and for ports that answer later', async () => {
    const stage = routerStage({ polygon: {}, yahoo: {} })
    const asked: unknown[] = []
    const preferences: PreferencesPort = {
      order: async () => null,
      pin: async (...o) => {
        asked.push(o)
        return 'yahoo'
      },
    }
    const { time, health } = stage
    const sources = { forUser: async () => Object.values(stage.scripted).map((s) => s.source) }
    const clocks = { marketClock: time.clock, wallClock: time.clock, timers: time }
    const router = createRouter({ sources, preferences, health, ...clocks })
    const range = {
      from: Date.parse('2026-11-16T00:00:00Z') * 1000,
      to: Date.parse('2026-11-20T00:00:00Z') * 1000,
    }
    const { receipt } = await router.bars({ ...HOUSE, ref: AAPL, timeframe: '1d', ...range })
    expect([receipt.source, receipt.order]).toEqual(['yahoo', 'pin'])
    expect(asked).toEqual([['u', 'charts', AAPL]])
  })
})

it('explain tells the pin, an outage with its words, and each other source’s reason', async () => {
  const { router, scripted } = routerStage(
    { polygon: {}, alpaca: { state: 'paused' }, yahoo: {} },
    { pins: { AAPL: 'yahoo' } },
  )
  const message = 'alpaca is switched off for you until 15:10, to see what happens'
  Object.assign(scripted.alpaca!.source, { message })
  const decision = await router.explain({ userId: 'u', need: 'quote', ref: AAPL })
  expect(decision).toMatchObject({ order: 'pin', pin: 'yahoo', serves: 'yahoo', notInOrder: [] })
  expect(decision.sources.map((s) => [s.source, s.verdict, s.reason, s.message])).toEqual([
    ['yahoo', 'serves', null, 'yahoo is asked first (yahoo-feed): pinned for this symbol'],
    ['polygon', 'stands_in', null, 'polygon stands in (polygon-feed)'],
    ['alpaca', 'skipped', 'paused', message],
  ])
  expect(await router.explain({ userId: 'u', need: 'quote', ref: MSFT })).toMatchObject({
    order: 'house',
    pin: null,
    serves: 'polygon',
  })
})
