// A stream that a session opened ends with it.
import { ApiProblem } from '../errors.ts'
import type { OwnSession } from './ports.ts'

/** As `source`, until the session ends. @throws ApiProblem at that moment, also while nothing comes. */
export async function* untilEnded<T>(source: AsyncIterable<T>, session: OwnSession): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]()
  let ended = false
  let tell = () => {}
  const leave = session.onEnd(() => {
    ended = true
    tell()
  })
  // A race with one lasting promise would keep every value that ever came.
  const next = () =>
    new Promise<IteratorResult<T>>((resolve, reject) => {
      tell = () => reject(sessionEnded())
      if (ended) tell()
      else iterator.next().then(resolve, reject)
    })
  try {
    for (let step = await next(); !step.done; step = await next()) yield step.value
  } finally {
    leave()
    // Not awaited: it may wait for a value that comes only once the connection is closed.
    void iterator.return?.().catch(() => {})
  }
}

export const sessionEnded = (): ApiProblem =>
  new ApiProblem('unauthorized', 'Your session has ended. Sign in again.')
