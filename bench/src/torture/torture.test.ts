// The short torture: one kill of each. The long one is `pnpm torture`.
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from './torture.bench.ts'

test.skipIf(!existsSync('/proc/self/environ'))(
  'daemon, API and Postgres killed under load: nothing committed is lost, doubled or wrong',
  { timeout: 400_000 },
  async () => {
    const report = await run({}, { kills: 3, universe: 1_000 })
    expect(report.cases.filter((c) => !c.holds)).toEqual([])
    expect(report.cases.length).toBeGreaterThan(8)
  },
)
