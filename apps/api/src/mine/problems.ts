// What went wrong with a source lately: its failed calls by kind of error, in plain words and with the fix.
import { readCalls } from '@onetape/db'
import { ERROR_KINDS, type ErrorKind, wordsOf } from '@onetape/providers'
import { sourceOf } from './keeping.ts'
import type { MineParts } from './parts.ts'
import type { ProblemReport } from './reports.ts'

/** The newest calls that are looked through. */
const CALLS_MAX = 500

export async function problemsOf(parts: MineParts, userId: string, id: string): Promise<ProblemReport[]> {
  const { name, provider } = await sourceOf(parts, userId, id)
  const calls = await readCalls(parts.db, { source: name, limit: CALLS_MAX, userId })
  const byKind = Map.groupBy(calls, ({ outcome }) => ERROR_KINDS.find((kind) => kind === outcome) ?? null)
  byKind.delete(null)
  return [...byKind].map(([kind, failed]) => {
    const newest = failed[0]!
    const status = newest.status === null ? '' : `, HTTP ${newest.status}`
    const message = `the newest at ${newest.what}${status}`
    return {
      kind: kind as ErrorKind,
      count: failed.length,
      lastAt: newest.at,
      ...wordsOf({ kind: kind as ErrorKind, provider, message }),
    }
  })
}
