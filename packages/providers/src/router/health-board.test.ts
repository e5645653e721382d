import { describe, expect, it } from 'vitest'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { createHealthBoard, healthKeyOf } from './health-board.ts'
import type { HealthPort, SourceHealth } from './ports.ts'

const SECOND = 1_000_000
const fault = (kind: ErrorKind, retryAfterMs?: number) =>
  new ProviderError(kind, `said ${kind}`, { provider: 'polygon', retryAfterMs })

/** The table that several processes share. */
function store() {
  const rows = new Map<string, SourceHealth>()
  const leases = new Map<string, number>()
  const writes: string[] = []
  const wall = { us: 1_000 * SECOND }
  let broken = false
  const port: HealthPort = {
    async read() {
      return [...rows.values()]
    },
    async write(health, what) {
      if (broken) throw new Error('no database')
      writes.push(`${health.source} ${what} ${health.state}`)
      const row = rows.get(health.source)
      const { state, failures, openedAt, retryAt } = row ?? health
      rows.set(health.source, what === 'all' ? health : { ...health, state, failures, openedAt, retryAt })
      if (health.state !== 'half_open') leases.delete(health.source)
    },
    async claimProbe(source, leaseMs) {
      if ((leases.get(source) ?? 0) > wall.us) return false
      leases.set(source, wall.us + leaseMs * 1000)
      return true
    },
  }
  return {
    rows,
    writes,
    wall,
    board: () => createHealthBoard({ port, wallClock: { now: () => wall.us } }),
    breakDown: (is: boolean) => {
      broken = is
    },
  }
}

const open = (board: ReturnType<ReturnType<typeof store>['board']>) => {
  for (let i = 0; i < 3; i++) board.failed('polygon', fault('unavailable'))
}

describe('one process', () => {
  it('says once that a breaker opened and once that it closed', async () => {
    const s = store()
    const board = s.board()
    const heard: string[] = []
    board.onChange((health, before) => heard.push(`${before} -> ${health.state}`))
    open(board)
    board.failed('polygon', fault('unavailable'))
    expect(board.ready('polygon')).toMatchObject({ ready: false, retryAt: 1_005 * SECOND })
    s.wall.us += 5 * SECOND
    expect(board.ready('polygon')).toEqual({ ready: true, probe: true })
    expect(await board.admit('polygon')).toEqual({ ready: true, probe: true })
    board.succeeded('polygon', 12)
    board.succeeded('polygon', 12)
    expect(heard).toEqual(['closed -> open', 'open -> half_open', 'half_open -> closed'])
    expect(board.states()).toMatchObject([{ source: 'polygon', state: 'closed', latencyMs: 12 }])
  })

  it('admits without waiting while nothing is wrong', () => {
    const board = store().board()
    expect(board.admit('polygon')).toEqual({ ready: true, probe: false })
    board.succeeded('polygon', 3)
    expect(board.admit('polygon', 'quotes/equity')).toEqual({ ready: true, probe: false })
  })

  it('lets one of many waiting calls probe', async () => {
    const s = store()
    const board = s.board()
    open(board)
    s.wall.us += 6 * SECOND
    const admitted = await Promise.all(Array.from({ length: 20 }, () => board.admit('polygon')))
    expect(admitted.filter((a) => a.ready)).toHaveLength(1)
    board.abandoned('polygon')
    expect(board.states()[0]!.state).toBe('open')
    expect(await board.admit('polygon')).toEqual({ ready: true, probe: true })
  })

  it('offers a probe again whose caller never came back', async () => {
    const s = store()
    const board = s.board()
    open(board)
    s.wall.us += 6 * SECOND
    expect((await board.admit('polygon')).ready).toBe(true)
    s.wall.us += 9 * SECOND
    expect((await board.admit('polygon')).ready).toBe(false)
    s.wall.us += 2 * SECOND
    expect((await board.admit('polygon')).ready).toBe(true)
  })

  it('pauses only the kind of data that the plan lacks', async () => {
    const s = store()
    const board = s.board()
    board.failed('polygon', fault('not_entitled'), 'options/equity')
    expect(board.ready('polygon', 'options/equity').ready).toBe(false)
    expect(board.ready('polygon', 'quotes/equity')).toEqual({ ready: true, probe: false })
    s.wall.us += 901 * SECOND
    expect(await board.admit('polygon', 'options/equity')).toEqual({ ready: true, probe: true })
    board.succeeded('polygon', 5, 'options/equity')
    expect(board.ready('polygon', 'options/equity')).toEqual({ ready: true, probe: false })
  })

  it('forgets what it held against old credentials', () => {
    const board = store().board()
    board.failed('polygon', fault('unauthorized'))
    board.failed('polygon', fault('not_entitled'), 'charts/fx')
    board.reset('polygon')
    expect(board.ready('polygon', 'charts/fx')).toEqual({ ready: true, probe: false })
  })

  it('writes changes of state at once and successes rarely', async () => {
    const s = store()
    const board = s.board()
    for (let i = 0; i < 1000; i++) {
      s.wall.us += 10_000 // ten seconds in all
      board.succeeded('polygon', 10)
      await null
    }
    expect(s.writes.length).toBeLessThanOrEqual(3)
    expect(s.writes.every((w) => w === 'polygon details closed')).toBe(true)
    open(board)
    await board.flush()
    expect(s.writes.at(-1)).toBe('polygon all open')
  })

  it('goes on without its store and writes later', async () => {
    const s = store()
    const board = s.board()
    s.breakDown(true)
    open(board)
    await board.flush()
    expect(board.ready('polygon').ready).toBe(false)
    s.breakDown(false)
    await board.refresh()
    expect(s.rows.get('polygon')!.state).toBe('open')
    expect(board.ready('polygon').ready).toBe(false)
  })
})

describe('several processes', () => {
  it('learn from each other, and one of them probes', async () => {
    const s = store()
    const [a, b, c] = [s.board(), s.board(), s.board()]
    const heard: string[] = []
    b.onChange((health) => heard.push(health.state))
    open(a)
    await a.flush()
    await Promise.all([b.refresh(), c.refresh()])
    await b.refresh()
    expect(b.ready('polygon').ready).toBe(false)
    s.wall.us += 6 * SECOND
    const admitted = await Promise.all([a, b, c, a, b, c].map((board) => board.admit('polygon')))
    expect(admitted.filter((x) => x.ready)).toHaveLength(1)
    a.succeeded('polygon', 20)
    await a.flush()
    await b.refresh()
    expect(b.ready('polygon')).toEqual({ ready: true, probe: false })
    expect(heard).toEqual(['open', 'closed'])
  })

  it('a latency written late does not close what another process opened', async () => {
    const s = store()
    const [a, b] = [s.board(), s.board()]
    b.succeeded('polygon', 5)
    await b.flush()
    open(a)
    await a.flush()
    s.wall.us += 60_000_000
    b.succeeded('polygon', 7)
    await b.flush()
    expect(s.rows.get('polygon')).toMatchObject({ state: 'open', latencyMs: expect.closeTo(5.4) })
    await b.refresh()
    expect(b.states()[0]!.state).toBe('open')
  })

  it('start from what was stored', async () => {
    const s = store()
    const a = s.board()
    a.failed('polygon', fault('rate_limited', 60_000))
    await a.flush()
    const later = s.board()
    await later.refresh()
    expect(later.ready('polygon')).toMatchObject({ ready: false, retryAt: 1_060 * SECOND })
  })
})

it('keeps users apart', () => {
  const source = { name: 'alpaca', credentialId: 'c1' } as const
  expect(healthKeyOf({ ...source, owner: 'house' })).toBe('alpaca')
  expect(healthKeyOf({ ...source, owner: 'user' })).toBe('alpaca@c1')
})
