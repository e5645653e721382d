import { DatabaseProblem } from '../problem.ts'

/** Connections, resources, shutdown, conflicts with others: the next try may go well. */
const PASSING_CLASSES = ['08', '25', '40', '53', '55', '57', '58']
/** A statement that takes too long takes as long again. */
const TOO_LONG = '57014'

/** Whether rolling up the same batch again would fail again: the rows are at fault, not the circumstances. */
export function isLasting(error: unknown): boolean {
  if (error instanceof DatabaseProblem) return true
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return false
  return code === TOO_LONG || !PASSING_CLASSES.includes(code.slice(0, 2))
}
