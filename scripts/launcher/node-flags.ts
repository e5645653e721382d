// How our processes run in Node: said here once, for the launcher, `npm run dev` and whoever measures them.
import { join } from 'node:path'

/**
 * Megabytes of V8's heap. A sweep of 8,000 symbols makes tens of megabytes of short-lived rows; left alone, V8 lets them
 * pile up in three young spaces of 32 MB each and in an old one that is cleaned when it has doubled: 460 MB were held for
 * 60 in use. Measured in docs/decisions/0017-memory-of-daemon-and-api.md.
 */
const HEAPS: Readonly<Record<string, { young: number; old: number }>> = {
  daemon: { young: 16, old: 320 },
  api: { young: 16, old: 384 },
}

/** @param app name of the process; one that is not known here has V8's own limits. */
export function nodeFlags(app: string): string[] {
  const heap = HEAPS[app]
  return [
    '--disable-warning=ExperimentalWarning',
    ...(heap ? [`--max-semi-space-size=${heap.young}`, `--max-old-space-size=${heap.old}`] : []),
  ]
}

/** The rest is told by environment. */
export const nodeEnv = (stateDir: string): Record<string, string> => ({
  // TypeScript is stripped once and not at every start; the stripper alone is 30 MB.
  NODE_COMPILE_CACHE: join(stateDir, 'node-cache'),
  // glibc would give each thread that reads or compresses an arena of its own, and keep what it freed.
  MALLOC_ARENA_MAX: '2',
})
