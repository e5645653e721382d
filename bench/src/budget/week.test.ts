// The simulated week of `pnpm bench budget`, cut to an hour.
import { expect, test } from 'vitest'
import { createJudge } from './judge.ts'
import { simulateWeek } from './week.ts'

test('the judge counts what an exact sliding window would refuse', () => {
  const judge = createJudge({ calls: 2, windowMs: 1_000 })
  for (const at of [0, 500, 999, 1_000, 2_500]) judge.arrived(at)
  expect(judge.breaches()).toBe(2)
})

test('three processes on one credential, an hour: no breach, nearly all of it used', async () => {
  const week = await simulateWeek({
    rule: { calls: 5, windowMs: 60_000 },
    processes: 3,
    spanMs: 3_600_000,
    jitterMs: 250,
    pauseMs: 5_000,
    burst: 3,
    killEveryMs: 900_000,
  })
  expect(week.breaches).toBe(0)
  expect(week.kills).toBeGreaterThan(1)
  expect(week.usable).toBeGreaterThan(0.9)
  // Live work that never ends leaves nothing to those behind it, and never shuts a user out.
  expect(week.byPriority.user).toBeGreaterThan(20)
  expect(week.byPriority.live).toBeGreaterThan(20)
}, 60_000)
