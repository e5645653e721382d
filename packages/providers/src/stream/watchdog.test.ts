import { instantInZone, type SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { refOf } from './testing-events.ts'
import { createWatchdog, type Watchdog } from './watchdog.ts'

const ny = (date: string, time: string): number => {
  const [h, m] = time.split(':').map(Number)
  return instantInZone(date, (h! * 60 + m!) * 60_000, 'America/New_York')
}

interface Scene {
  dog: Watchdog
  /** Runs for so many seconds; each symbol speaks every `everyS` of its own. Stops at the first alarm. */
  run(
    seconds: number,
    everyS: Record<string, number>,
    o?: { heartbeatS?: number },
  ): { s: number; what: string } | null
}

function scene(startAt: number, refs: readonly SymbolRef[], heartbeatMs?: number): Scene {
  let now = startAt
  const dog = createWatchdog({
    marketClock: { now: () => now },
    wallClock: { now: () => now - 5_000_000_000 },
    heartbeatMs,
  })
  dog.setRefs(refs)
  dog.connected()
  const said: string[] = []
  return {
    dog,
    run(seconds, everyS, o = {}) {
      for (let s = 1; s <= seconds; s++) {
        now += 1_000_000
        const second = Math.round(now / 1_000_000)
        if (o.heartbeatS && second % o.heartbeatS === 0) dog.alive()
        for (const ref of refs) {
          const every = everyS[ref.symbol] ?? everyS['*']
          if (every && second % every === 0) dog.heard(ref, 0)
        }
        const { connection, symbols } = dog.check()
        if (connection !== null) return { s, what: connection }
        if (symbols.length > 0) {
          said.push(...symbols.map((m) => m.ref.symbol))
          return { s, what: `mute ${symbols.map((m) => m.ref.symbol).join()}` }
        }
      }
      return null
    },
  }
}

const many = Array.from({ length: 100 }, (_, i) => refOf(`S${i}`))

describe('watchdog of a connection', () => {
  it('finds one that was busy and goes mute within 15 s, though heartbeats go on', () => {
    const { run } = scene(ny('2026-11-18', '10:00'), many, 5_000)
    expect(run(120, { '*': 3 }, { heartbeatS: 5 })).toBeNull()
    const alarm = run(60, {}, { heartbeatS: 5 })
    expect(alarm?.what).toMatch(/nothing of 100 XNYS symbols/)
    expect(alarm?.s).toBeLessThanOrEqual(15)
  })

  it('finds one that never says anything within 15 s', () => {
    const alarm = scene(ny('2026-11-18', '10:00'), many).run(60, {})
    expect(alarm?.s).toBeLessThanOrEqual(15)
  })

  it('doubles its patience while new connections do not help, and forgets that once something comes', () => {
    const { dog, run } = scene(ny('2026-11-18', '10:00'), many)
    const first = run(1_000, {})!.s
    dog.connected()
    const second = run(1_000, {})!.s
    expect(second).toBeGreaterThan(1.8 * first)
    dog.connected()
    expect(run(60, { '*': 1 })).toBeNull()
    expect(run(60, {})!.s).toBeLessThanOrEqual(15)
  })

  it('finds missing heartbeats at any hour', () => {
    const { run } = scene(ny('2026-11-22', '03:00'), many, 5_000)
    expect(run(3_600, {}, { heartbeatS: 5 })).toBeNull()
    const alarm = run(60, {})
    expect(alarm?.what).toMatch(/no heartbeat/)
    expect(alarm?.s).toBeLessThanOrEqual(15)
  })

  it.each([
    ['overnight', '2026-11-18', '21:00'],
    ['on a holiday', '2026-11-26', '10:00'],
    ['at the weekend', '2026-11-21', '10:00'],
    ['after an early close', '2026-11-27', '13:01'],
    ['before the open', '2026-11-18', '05:00'],
    ['after the close', '2026-11-18', '16:10'],
  ])('raises no false alarm %s', (_, date, time) => {
    const { run } = scene(ny(date, time), many)
    expect(run(3_600, { S0: 700 })).toBeNull()
  })

  it('is patient again when the market opens after a silent night, and then watches', () => {
    const { run } = scene(ny('2026-11-18', '15:50'), many)
    expect(run(600, { '*': 2 })).toBeNull()
    expect(run(17 * 3_600 + 1_800 - 5, {})).toBeNull()
    const alarm = run(60, {})
    expect(alarm?.s).toBeGreaterThan(5)
    expect(alarm?.s).toBeLessThanOrEqual(20)
  })

  it('gives a single thin symbol its time', () => {
    const thin = [refOf('THIN')]
    const { run } = scene(ny('2026-11-18', '10:00'), thin)
    expect(run(3_600 * 5, { THIN: 100 })).toBeNull()
  })

  it('judges each venue by itself: crypto speaks at night, shares do not; by day both must', () => {
    const refs = [...many.slice(0, 20), refOf('BTC-USD', 'crypto')]
    const { run } = scene(ny('2026-11-18', '02:00'), refs)
    expect(run(600, { 'BTC-USD': 1 })).toBeNull()
    const day = scene(ny('2026-11-18', '10:00'), refs)
    expect(day.run(120, { '*': 2 })).toBeNull()
    expect(day.run(60, { 'BTC-USD': 1 })?.what).toMatch(/XNYS/)
  })
})

describe('watchdog of a symbol', () => {
  const refs = many.slice(0, 10)
  it.each([1, 4, 20])('finds one that spoke every %i s within a few intervals, once', (every) => {
    const { run } = scene(ny('2026-11-18', '10:00'), refs)
    expect(run(every * 40, { '*': 1, S3: every })).toBeNull()
    const alarm = run(every * 10, { '*': 1, S3: 0 })
    expect(alarm?.what).toBe('mute S3')
    expect(alarm?.s).toBeLessThanOrEqual(5 * every + 1)
    expect(run(every * 10, { '*': 1, S3: 0 })).toBeNull()
  })

  it('does not wait for a thin one among busy ones', () => {
    const { run } = scene(ny('2026-11-18', '10:00'), refs)
    expect(run(3_600, { '*': 1, S3: 900 })).toBeNull()
    expect(run(600, { '*': 1, S3: 0 })).toBeNull()
  })

  it('blames the connection, not its symbols, when nobody speaks', () => {
    const { run } = scene(ny('2026-11-18', '10:00'), refs)
    expect(run(120, { '*': 1 })).toBeNull()
    expect(run(60, {})?.what).toMatch(/nothing of 10/)
  })

  it('does not blame a symbol for the time in which the market was closed', () => {
    const { run } = scene(ny('2026-11-18', '15:55'), refs)
    expect(run(300, { '*': 1 })).toBeNull()
    expect(run(17 * 3_600 + 1_800 - 2, { S0: 60 })).toBeNull()
    expect(run(120, { '*': 1 })).toBeNull()
  })
})
