import { ApiProblem } from './errors.ts'

/** Every wait has an end: a database that neither answers nor refuses is as good as down. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new ApiProblem('unavailable', 'The database did not answer in time. Try again in a few seconds.'),
      ),
    ms,
  )
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
