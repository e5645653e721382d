// The bench in short: it measures what it says, and packing loses nothing meanwhile. No time is asserted.
import { expect, it } from 'vitest'
import { run } from './partitions.bench.ts'

it('packs a small day beside readers and a writer', async () => {
  const { cases } = await run({ symbols: 200, sessionMinutes: 120, calmMs: 200, planning: false })
  const figureOf = (name: string) => cases.find((c) => c.case.startsWith(name))?.value
  expect(cases).toHaveLength(8)
  expect(figureOf('bytes per tick of a packed day')).toBeGreaterThan(50)
  expect(cases.find((c) => c.case.startsWith('bytes per tick'))?.ratio).toBeLessThanOrEqual(1)
  expect(figureOf('time that the table was held')).toBeGreaterThan(0)
}, 240_000)
