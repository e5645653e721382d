import { expect, it } from 'vitest'
import { run } from './latest.bench.ts'

it('the latest benchmark checks every quote and measures both sides', async () => {
  const report = await run({ instruments: 300, lists: 4, rounds: 2, roundMs: 100 })
  expect(report.cases).toHaveLength(2)
  for (const { value, control } of report.cases) {
    expect(value).toBeGreaterThan(0)
    expect(control).toBeGreaterThan(0)
  }
}, 120_000)
