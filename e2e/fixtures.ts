// One running OneTape for all tests of a worker that only look; those that break things start their own.
import { test as base } from '@playwright/test'
import { freshStateDir, type OneTape, startOneTape } from './onetape.ts'

export const test = base.extend<object, { tape: OneTape }>({
  tape: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from this pattern
    async ({}, use) => {
      const tape = await startOneTape({ stateDir: freshStateDir('shared') })
      await use(tape)
      await tape.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
})

export { expect } from '@playwright/test'
