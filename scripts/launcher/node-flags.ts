// How our processes run in Node: said here once, for the launcher, `npm run dev` and whoever measures them.
import { join } from 'node:path'

/**
 * A sweep of 8,000 symbols makes tens of megabytes of short-lived rows. Left alone, V8 lets them pile up in three young
 * spaces of 32 MB each and an old space that is cleaned when it has doubled: 460 MB for 60 MB in use. Measured in
 * docs/decisions/0014-memory-of-daemon-and-api.md.
 */
export const NODE_FLAGS: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=8',
  '--max-old-space-size=224',
]

/** The rest is told by environment. */
export const nodeEnv = (stateDir: string): Record<string, string> => ({
  // TypeScript is stripped once and not at every start; the stripper alone is 30 MB.
  NODE_COMPILE_CACHE: join(stateDir, 'node-cache'),
  // glibc would give each thread that reads or compresses an arena of its own, and keep what it freed.
  MALLOC_ARENA_MAX: '2',
})
