import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const seed = fileURLToPath(new URL('./scripts/property-seed.ts', import.meta.url))
const setup = fileURLToPath(new URL('./packages/db/src/testing-setup.ts', import.meta.url))

export default defineConfig({
  test: {
    include: [
      'packages/**/*.test.ts',
      'apps/**/*.test.{ts,tsx}',
      'scripts/**/*.test.ts',
      'bench/src/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', 'e2e/**'],
    setupFiles: existsSync(seed) ? [seed] : [],
    globalSetup: existsSync(setup) ? [setup] : [],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many wait for processes and sockets: a third one fills the gaps of two cores.
    maxWorkers: 3,
    // Modules are loaded once for a worker: no test leaves anything behind in one.
    isolate: false,
  },
})
