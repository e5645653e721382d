// A soak of some seconds: the stack comes up, sweeps, and every series is seen. Nothing here judges a time or a size.
import { expect, it } from 'vitest'
import { run } from './soak.bench.ts'

it('sees everything that it watches, of a stack that sweeps', { timeout: 120_000 }, async () => {
  const { cases } = await run({ minutes: 0.25, symbols: 300, everyS: 2, sampleEveryS: 3 })
  for (const { case: name, value } of cases) {
    // Roll-ups that are level and rows that are not dead are zero.
    expect.soft(value, name).toBeGreaterThanOrEqual(0)
  }
  const of = (words: string) => cases.find((c) => c.case.startsWith(words))!
  for (const words of [
    'RSS of the daemon',
    'heap of the API',
    'connections',
    'open files',
    'sweeps done',
    'peak RSS',
  ])
    expect.soft(of(words).value, words).toBeGreaterThan(0)
  expect(of('size of market_data_latest').value).toBeGreaterThan(0)
})
