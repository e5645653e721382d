// The one place that decides what an error becomes for a caller. Known kinds keep their line; anything else is
// masked behind an id that stands in the log beside the cause.
import { TRPCError } from '@trpc/server'
import { z } from 'zod'

export type ProblemKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'invalid_request'
  | 'conflict'
  | 'too_many'
  | 'unavailable'
  | 'internal'

/** An error whose message is one clear line for the caller. */
export class ApiProblem extends Error {
  readonly kind: ProblemKind

  constructor(kind: ProblemKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ApiProblem'
    this.kind = kind
  }
}

export type ErrorLog = (entry: { id: string; error: unknown }) => void

const DATABASE_DOWN =
  'The database does not answer at the moment. Nothing is lost; try again in a few seconds.'

/** SQLSTATE classes and socket errors that mean "not now", as opposed to "never". */
const PASSING =
  /^(08...|57P0[1-5]|53...|57014|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)$/
const PASSING_TEXT =
  /connection terminated|timeout exceeded when trying to connect|not queryable|client was closed/i

export function problemOf(error: unknown, log: ErrorLog): ApiProblem {
  for (const e of causes(error)) {
    if (e instanceof ApiProblem) return e
    if (e instanceof z.ZodError) return new ApiProblem('invalid_request', zodLine(e), error)
    if (e instanceof Error && e.name === 'DatabaseProblem')
      return new ApiProblem('unavailable', e.message, error)
    if (e instanceof Error && e.name === 'EditConflict') return new ApiProblem('conflict', e.message, error)
    if (isPassing(e)) return new ApiProblem('unavailable', DATABASE_DOWN, error)
  }
  if (error instanceof TRPCError && error.code !== 'INTERNAL_SERVER_ERROR') {
    return new ApiProblem(kindOfCode(error.code), error.message, error)
  }
  const id = crypto.randomUUID().slice(0, 8)
  log({ id, error })
  return new ApiProblem('internal', `Something went wrong here; the log tells more under ${id}.`, error)
}

/** The switch: a new kind does not compile until it has a code. */
export function codeOf(kind: ProblemKind): { trpc: TRPCError['code']; http: number } {
  switch (kind) {
    case 'unauthorized':
      return { trpc: 'UNAUTHORIZED', http: 401 }
    case 'forbidden':
      return { trpc: 'FORBIDDEN', http: 403 }
    case 'not_found':
      return { trpc: 'NOT_FOUND', http: 404 }
    case 'invalid_request':
      return { trpc: 'BAD_REQUEST', http: 400 }
    case 'conflict':
      return { trpc: 'CONFLICT', http: 409 }
    case 'too_many':
      return { trpc: 'TOO_MANY_REQUESTS', http: 429 }
    case 'unavailable':
      return { trpc: 'SERVICE_UNAVAILABLE', http: 503 }
    case 'internal':
      return { trpc: 'INTERNAL_SERVER_ERROR', http: 500 }
  }
}

export function trpcErrorOf(error: unknown, log: ErrorLog): TRPCError {
  const problem = problemOf(error, log)
  return new TRPCError({ code: codeOf(problem.kind).trpc, message: problem.message, cause: problem })
}

function kindOfCode(code: TRPCError['code']): ProblemKind {
  if (code === 'UNAUTHORIZED') return 'unauthorized'
  if (code === 'FORBIDDEN') return 'forbidden'
  if (code === 'CONFLICT') return 'conflict'
  if (code === 'NOT_FOUND') return 'not_found'
  if (code === 'TOO_MANY_REQUESTS') return 'too_many'
  if (code === 'SERVICE_UNAVAILABLE') return 'unavailable'
  return 'invalid_request'
}

function* causes(error: unknown): Generator<unknown> {
  let e = error
  for (let depth = 0; e != null && depth < 8; depth++) {
    yield e
    if (e instanceof AggregateError) yield* e.errors
    e = e instanceof Error ? e.cause : null
  }
}

function isPassing(e: unknown): boolean {
  if (!(e instanceof Error)) return false
  const code = (e as { code?: unknown }).code
  return (typeof code === 'string' && PASSING.test(code)) || PASSING_TEXT.test(e.message)
}

/** The first complaint, with the name of the field: `limit: Too big: expected number to be <=5000`. */
function zodLine(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'The request is not understood.'
  const where = issue.path.join('.')
  return where ? `${where}: ${issue.message}` : issue.message
}
