// Why somebody could not come in, in one line; with the code by which a page tells the cases apart.
import { ApiProblem, type ProblemKind } from '../errors.ts'

export type AuthCode =
  | 'INVALID_REQUEST'
  | 'INVALID_NAME'
  | 'INVALID_EMAIL'
  | 'PASSWORD_TOO_SHORT'
  | 'PASSWORD_TOO_LONG'
  | 'PASSWORD_TOO_WEAK'
  | 'INVALID_PASSWORD'
  | 'INVALID_EMAIL_OR_PASSWORD'
  | 'USER_ALREADY_EXISTS'
  | 'SIGN_UP_CLOSED'
  | 'CODE_REQUIRED'
  | 'CODE_WRONG'
  | 'NEEDS_HTTPS'
  | 'UNAUTHORIZED'
  | 'TOO_MANY'

export class AuthProblem extends ApiProblem {
  readonly code: AuthCode
  readonly retryAfterS: number | null

  constructor(o: {
    kind: ProblemKind
    code: AuthCode
    message: string
    retryAfterS?: number
    cause?: unknown
  }) {
    super(o.kind, o.message, o.cause)
    this.name = 'AuthProblem'
    this.code = o.code
    this.retryAfterS = o.retryAfterS ?? null
  }
}
