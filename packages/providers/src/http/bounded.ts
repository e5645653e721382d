// A list that has to be asked in pieces: a bounded number in flight, and what came is kept when a piece fails.
import { ProviderError } from '../errors.ts'

export interface Pieces<T> {
  /** Results in the order of the pieces; a piece that did not come is absent. */
  done: T[]
  /** Why the first failed piece failed, or null. Nothing new is started after it. */
  failure: ProviderError | null
}

export interface InFlight {
  /** Most pieces asked at one time. */
  limit: number
  signal?: AbortSignal
}

export async function inPieces<P, T>(
  pieces: readonly P[],
  { limit, signal }: InFlight,
  ask: (piece: P) => Promise<T>,
): Promise<Pieces<T>> {
  const results: { value: T }[] = []
  let next = 0
  let failure: unknown = null
  const worker = async () => {
    while (next < pieces.length && failure === null) {
      const index = next++
      try {
        results[index] = { value: await ask(pieces[index]!) }
      } catch (error) {
        failure ??= error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, pieces.length) }, worker))
  const done = results.filter((r) => r !== undefined).map((r) => r.value)
  const worthNothing = done.length === 0 || signal?.aborted || !(failure instanceof ProviderError)
  if (failure !== null && worthNothing) throw failure
  return { done, failure: failure as ProviderError | null }
}

/** As `inPieces`, for what is worthless unless it is whole. */
export async function allPieces<P, T>(
  pieces: readonly P[],
  inFlight: InFlight,
  ask: (piece: P) => Promise<T>,
): Promise<T[]> {
  const { done, failure } = await inPieces(pieces, inFlight, ask)
  if (failure) throw failure
  return done
}

/** A list cut into pieces of at most `size`. */
export const chunksOf = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
