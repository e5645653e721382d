import type { BudgetReport } from '@onetape/api/router'
import { expect, it } from 'vitest'
import { freesWords, reserves, shareUsed, tightest, windowWords } from './budget-words.ts'

const NOW = 1_800_000_000_000_000
const budget = (more: Partial<BudgetReport> = {}): BudgetReport => ({
  scope: 'rest',
  kind: 'window',
  windowMs: 60_000,
  calls: 100,
  used: 0,
  room: { user: 100, live: 90, repair: 60, backfill: 20 },
  blockedUntil: null,
  freesAt: null,
  learned: false,
  refused: 0,
  ...more,
})

it.each([
  [{ windowMs: 1_000 }, 'per second'],
  [{ windowMs: 15_000 }, 'per 15 seconds'],
  [{ windowMs: 60_000 }, 'per minute'],
  [{ windowMs: 600_000 }, 'per 10 minutes'],
  [{ windowMs: 3_600_000 }, 'per hour'],
  [{ windowMs: 86_400_000 }, 'per day'],
  [{ windowMs: 250 }, 'per 250 ms'],
  [{ kind: 'concurrent', windowMs: 0 }, 'at one time'],
] as const)('%o reads %s', (limit, text) => expect(windowWords({ kind: 'window', ...limit })).toBe(text))

it('the tightest is the one a user meets first; blocked comes before spent', () => {
  const plenty = budget({ scope: 'plenty' })
  const spent = budget({
    scope: 'spent',
    used: 100,
    room: { user: 0, live: -10, repair: -40, backfill: -80 },
  })
  const blocked = budget({ scope: 'blocked', blockedUntil: NOW + 1 })
  const was = budget({ scope: 'was blocked', blockedUntil: NOW - 1 })
  expect(tightest([], NOW)).toBeNull()
  expect(tightest([plenty, spent, was], NOW)?.scope).toBe('spent')
  expect(tightest([plenty, spent, blocked], NOW)?.scope).toBe('blocked')
})

it('shares stay within the bar, whatever was spent', () => {
  expect(shareUsed({ used: 30, calls: 120 })).toBe(0.25)
  expect(shareUsed({ used: 130, calls: 120 })).toBe(1)
  expect(shareUsed({ used: 0, calls: 0 })).toBe(1)
})

it('marks where the lesser priorities stop', () => {
  expect(reserves(budget())).toEqual([0.9, 0.6, 0.2])
  expect(reserves(budget({ used: 50, room: { user: 50, live: 50, repair: 10, backfill: -30 } }))).toEqual([
    0.6, 0.2,
  ])
  expect(reserves(budget({ room: { user: 100, live: 60, repair: 60, backfill: 60 } }))).toEqual([0.6])
})

it('says when it frees, and a block before that', () => {
  expect(freesWords(budget(), NOW)).toBeNull()
  expect(freesWords(budget({ freesAt: NOW + 2_500_000 }), NOW)).toBe('the oldest call frees in 3s')
  expect(freesWords(budget({ freesAt: NOW - 1 }), NOW)).toBeNull()
  expect(freesWords(budget({ freesAt: NOW + 1, blockedUntil: NOW + 60_000_000 }), NOW)).toBe('blocked for 1m')
})
