import { expect, it } from 'vitest'
import { run } from './fanout.bench.ts'

it('tells every reader of every batch, at full speed and from a real tape', {
  timeout: 120_000,
}, async () => {
  // A batch that a reader does not get, and a reader that is cut, make it throw.
  const shape = { instruments: 400, readers: 8, own: 20, changes: 100 }
  const { cases } = await run({ shape, rounds: 2, roundMs: 150, everyMs: 30 })
  expect(cases.map((c) => c.unit)).toEqual([
    ...['MB/s', 'MB/s', 'MB/s', 'ms', 'ms/MB', 'MB/s', 'ms', 'ms/MB', 'MB', 'MB', 'MB'],
  ])
  for (const c of cases.slice(0, 3)) expect(c.value, c.case).toBeGreaterThan(0)
})
