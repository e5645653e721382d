import type { Health } from '@onetape/api/router'
import { describe, expect, it } from 'vitest'
import { conditionOf } from './condition.ts'

const now = Date.parse('2026-11-23T15:42:00Z') * 1_000
const healthy: Health = {
  ok: true,
  mode: 'live',
  environmentId: 'e',
  wallNow: now,
  marketNow: now,
  shiftUs: 0,
  venues: [{ venue: 'XNYS', state: 'open', sessionDate: '2026-11-23', nextChange: null }],
  daemon: { alive: true, beatAgeMs: 500, startedAt: now, detail: null },
  database: { ok: true, version: '18' },
  tape: { batchId: 1, lastBatchAt: now, lagSeconds: 4, instruments: 10, quoted: 10 },
  tiers: [],
  sources: [{ name: 'polygon', status: 'ok', message: null, at: now }],
}
const open = { open: true, sinceMs: 0, everOpen: true }
const say = (health: Partial<Health>, connection = open, nowMs = 0) =>
  conditionOf({ connection, health: { ...healthy, ...health }, now, nowMs })

describe('the condition of the tape', () => {
  it('is silent when all is well', () => expect(say({})).toBeNull())

  it('a lost connection outranks everything, once it lasts', () => {
    const lost = { open: false, sinceMs: 0, everOpen: true }
    expect(say({ database: { ok: false, version: '' } }, lost, 7_000)?.title).toMatch(/database/)
    expect(say({ database: { ok: false, version: '' } }, lost, 9_000)?.title).toMatch(
      /^Disconnected since .*\(9s\)/,
    )
  })

  it('a silent daemon: since when', () => {
    const { title, detail } = say({
      daemon: { alive: false, beatAgeMs: 187_000, startedAt: now, detail: null },
    })!
    expect(title).toBe('No new prices since 10:38:53 New York.')
    expect(detail).toContain('silent for 3m 07s')
  })

  it('the silence grows with the clock, also when no report comes', () => {
    const health = { ...healthy, daemon: { alive: false, beatAgeMs: 60_000, startedAt: now, detail: null } }
    const later = conditionOf({ connection: open, health, now: now + 30e6, nowMs: 0 })!
    expect(later.detail).toContain('silent for 1m 30s')
    expect(later.title).toContain('10:41:00')
  })

  it('lag counts while the market is open, and sooner than while it is closed', () => {
    const tape = { ...healthy.tape, lagSeconds: 300 }
    expect(say({ tape })?.title).toMatch(/^Prices lag since 10:37:00/)
    const venues: Health['venues'] = [{ venue: 'XNYS', state: 'closed', sessionDate: null, nextChange: null }]
    expect(say({ tape, venues })).toBeNull()
  })

  it('says which sources cannot be reached', () => {
    const down = { name: 'yahoo', status: 'unreachable', message: 'no route', at: now } as const
    expect(say({ sources: [...healthy.sources, down] })?.title).toBe('Cannot get prices from yahoo.')
    expect(say({ sources: [down] })?.title).toBe('No source can be reached (yahoo).')
    const keyless = {
      name: 'polygon',
      status: 'unconfigured',
      message: 'needs POLYGON_API_KEY',
      at: null,
    } as const
    expect(say({ sources: [down, keyless] })?.detail).toBe(
      'You see what the tape holds. polygon needs POLYGON_API_KEY.',
    )
    expect(say({ sources: [healthy.sources[0]!, keyless] })).toBeNull()
  })
})
