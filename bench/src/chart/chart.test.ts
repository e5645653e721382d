import { expect, it } from 'vitest'
import { run } from './chart.bench.ts'

it('the chart benchmark compares what both sides say, bar by bar', async () => {
  const report = await run({ symbols: 2, sessions: 5, points: 500, rounds: 2 })
  expect(report.cases.map((c) => c.case.replace(/\d+/g, 'N'))).toEqual([
    'N minutes to N bars of Nm',
    'N minutes to N bars of Nm',
  ])
}, 120_000)
