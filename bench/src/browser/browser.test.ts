// The benchmark in short: both pages are built, fed and scrolled, and show what they were fed. No figure is judged.
import { expect, it } from 'vitest'
import { buildPages } from './pages.ts'
import { openStage } from './stage.ts'

it('both pages show the values that they are fed while they are scrolled', async () => {
  await using pages = await buildPages()
  await using stage = await openStage(pages, 8_000)
  for (const side of [stage.dashboard, stage.control]) {
    // Throws when a row in sight does not come to the price that was sent last.
    const round = await side.round({ rows: 100, everyMs: 50 }, 1_500)
    expect(round.frames).toBeGreaterThan(1)
    expect(round.busyMs).toBeGreaterThan(0)
    expect(round.heapBytes).toBeGreaterThan(1e6)
  }
}, 180_000)
