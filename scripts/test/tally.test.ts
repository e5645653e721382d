import { expect, it } from 'vitest'
import { playwrightTally, sum, vitestTally } from './tally.ts'

it('a missing or strange report counts as a failure', () => {
  expect(vitestTally(null)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  expect(playwrightTally({ suites: [] })).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

it('a file that failed before its first test is a failure of its own', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 1,
    numPendingTests: 2,
    testResults: [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{}, {}] },
      { status: 'passed', assertionResults: [{}] },
    ],
  }
  expect(vitestTally(report)).toEqual({ passed: 3, failed: 2, skipped: 2 })
})

it('a flaky browser test is a failed one', () => {
  const report = { stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 }, errors: [] }
  expect(playwrightTally(report)).toEqual({ passed: 5, failed: 2, skipped: 0 })
})

it('sums over all runners', () => {
  expect(
    sum([
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 0, skipped: 1 },
    ]),
  ).toEqual({ passed: 11, failed: 2, skipped: 4 })
})
