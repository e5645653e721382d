// How many checks a runner says it made, read from the JSON report that it writes.
import { z } from 'zod'

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number().default(0),
  numTodoTests: z.number().default(0),
  numFailedTestSuites: z.number().default(0),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })).default([]),
})

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()).default([]),
})

const NOTHING: Tally = { passed: 0, failed: 1, skipped: 0 }

/** A file that failed before its first test counts as one failure. A missing report is a failure. */
export function vitestTally(report: unknown): Tally {
  const parsed = vitestReport.safeParse(report)
  if (!parsed.success) return NOTHING
  const r = parsed.data
  const crashed = r.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0).length
  return {
    passed: r.numPassedTests,
    failed: r.numFailedTests + crashed,
    skipped: r.numPendingTests + r.numTodoTests,
  }
}

/** A flaky test passed on a second try: it counts as failed, for it would hide a race. */
export function playwrightTally(report: unknown): Tally {
  const parsed = playwrightReport.safeParse(report)
  if (!parsed.success) return NOTHING
  const { expected, unexpected, flaky, skipped } = parsed.data.stats
  return { passed: expected, failed: unexpected + flaky + parsed.data.errors.length, skipped }
}

export const sum = (tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  )
