// Says that something is wrong once when it begins and once when it is over, however often it is tried in between.
import type { Log } from './log.ts'

export interface Complaints {
  /** Runs the work; a failure is said once per topic, and null comes back. An aborted one is no failure. */
  guard<T>(topic: string, work: () => Promise<T>): Promise<T | null>
  problem(topic: string, error: unknown): void
  solved(topic: string): void
}

export function createComplaints(log: Log, signal: AbortSignal): Complaints {
  const open = new Map<string, string>()
  const problem = (topic: string, error: unknown) => {
    const message = lineOf(error)
    if (open.has(topic)) return log.debug({ topic }, `${topic} still fails: ${message}`)
    open.set(topic, message)
    log.warn({ topic }, `${topic} fails: ${message}`)
    log.debug({ topic, err: error })
  }
  const solved = (topic: string) => {
    if (open.delete(topic)) log.info({ topic }, `${topic} works again`)
  }
  return {
    problem,
    solved,
    async guard(topic, work) {
      try {
        const result = await work()
        solved(topic)
        return result
      } catch (error) {
        if (!signal.aborted) problem(topic, error)
        return null
      }
    },
  }
}

/**
 * The first line of what really went wrong, without stack: the query builder wraps the server's words in the whole
 * statement and its values, and a connection tried at several addresses has its reasons inside.
 */
export function lineOf(error: unknown): string {
  let inner = error
  while (inner instanceof Error) {
    const next: unknown =
      inner instanceof AggregateError ? inner.errors[0] : wrapsQuery(inner) ? inner.cause : null
    if (!next) break
    inner = next
  }
  const message = inner instanceof Error ? inner.message || inner.name : String(inner)
  return message.split('\n', 1)[0]!
}

const wrapsQuery = (error: Error): boolean => error.message.startsWith('Failed query')
