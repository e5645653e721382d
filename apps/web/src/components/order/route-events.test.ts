import type { Receipt } from '@onetape/api/router'
import { expect, it } from 'vitest'
import { EMPTY_LOG, noteRoute, routeChange } from './route-events.ts'

type Attempt = Receipt['attempts'][number]
const attempt = (source: string, more: Partial<Attempt> = {}): Attempt => ({
  source,
  outcome: 'served',
  reason: null,
  message: null,
  startedAt: null,
  latencyMs: null,
  asked: 1,
  served: 1,
  calls: [],
  retryAt: null,
  ...more,
})
const answer = (source: string | null, attempts: Attempt[]) => ({
  source,
  attempts,
  ref: { assetClass: 'equity' as const, symbol: 'AAPL' },
  order: 'user' as const,
})
const polygon = answer('polygon', [attempt('polygon')])
const open = attempt('polygon', {
  outcome: 'skipped',
  reason: 'breaker_open',
  message: 'polygon failed 5 times in a row and is left alone',
})
const alpaca = answer('alpaca', [open, attempt('alpaca')])

it('says what kept the former source from answering', () => {
  expect(routeChange(polygon, alpaca)).toEqual({
    from: 'polygon',
    to: 'alpaca',
    why: 'polygon: failed 5 times in a row and is left alone; alpaca answered',
  })
})

it('says that a source is back', () => {
  const back = answer('polygon', [
    attempt('polygon'),
    attempt('alpaca', { outcome: 'skipped', reason: 'not_needed' }),
  ])
  expect(routeChange(alpaca, back)?.why).toBe('polygon stands before alpaca and answered')
})

it('says that nobody stood in, and that one was taken out', () => {
  expect(routeChange(polygon, answer(null, [open]))?.why).toContain('nobody stood in')
  expect(routeChange(polygon, answer('yahoo', [attempt('yahoo')]))?.why).toBe(
    'polygon is no longer in the order; yahoo answered',
  )
  expect(routeChange(polygon, polygon)).toBeNull()
})

it('says a change of several symbols once', () => {
  const rows = (of: ReturnType<typeof answer>) => [
    { key: 'equity:US:AAPL', receipt: of },
    { key: 'equity:US:MSFT', receipt: { ...of, ref: { ...of.ref, symbol: 'MSFT' } } },
  ]
  const log = noteRoute(noteRoute(EMPTY_LOG, rows(polygon), 1), rows(alpaca), 2)
  expect(log.events.map((e) => e.symbols)).toEqual([['AAPL', 'MSFT']])
})

it('keeps the newest changes first, and none for a first answer', () => {
  let log = noteRoute(EMPTY_LOG, [{ key: 'equity:US:AAPL', receipt: polygon }], 1)
  expect(log.events).toEqual([])
  log = noteRoute(log, [{ key: 'equity:US:AAPL', receipt: alpaca }], 2)
  log = noteRoute(log, [{ key: 'equity:US:AAPL', receipt: polygon }], 3)
  expect(log.events.map((e) => [e.to, e.atMs])).toEqual([
    ['polygon', 3],
    ['alpaca', 2],
  ])
})
