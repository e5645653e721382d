// In and out: the sign-in library behind our own rules about fields, attempts and who may sign up. Every answer carries
// the cookies to set.
import { isAPIError } from 'better-auth/api'
import type { Attempts } from './attempts.ts'
import { type AuthCode, AuthProblem } from './auth-problem.ts'
import { ADDRESS_HEADER, makingOperator, type SignInLibrary } from './create-auth.ts'
import { changeFields, type SignUpFields, signInFields, signUpFields } from './fields.ts'
import type { SignedIn } from './ports.ts'
import type { SignUpState } from './sign-up-state.ts'

/** What of a request counts here. */
export interface Visit {
  ip: string
  userAgent: string | undefined
  cookie: string | undefined
  authorization: string | undefined
}

export interface Entered {
  user: SignedIn
  cookies: string[]
  /** For programs, as `Authorization: Bearer`. */
  token: string | null
}

export interface Door {
  signUp(body: unknown, visit: Visit): Promise<Entered>
  signIn(body: unknown, visit: Visit): Promise<Entered>
  signOut(visit: Visit): Promise<{ cookies: string[] }>
  changePassword(body: unknown, visit: Visit): Promise<Entered>
}

export interface DoorDeps {
  library: SignInLibrary
  attempts: Attempts
  signUpState: SignUpState
  /** Sessions ended, or somebody's role is another. */
  onChange: (userId: string | null) => Promise<void>
}

interface LibraryAnswer {
  headers: Headers
  response: { user: { id: string; name: string; email: string; role?: string | null | undefined } }
}

const USER_AGENT_MAX = 200

export function createDoor({ library, attempts, signUpState, onChange }: DoorDeps): Door {
  const { api } = library

  const make = async ({ code: _, ...body }: SignUpFields, visit: Visit): Promise<Entered> => {
    try {
      return entered(await api.signUpEmail({ body, headers: headersOf(visit), returnHeaders: true }))
    } catch (error) {
      if (codeOf(error) !== 'FAILED_TO_CREATE_USER') throw told(error)
      // Two asked for the same address at once, or the database is away.
      const { internalAdapter } = await library.$context
      const found = await internalAdapter.findUserByEmail(body.email)
      throw found ? taken() : error
    }
  }

  const makeFirst = async (fields: SignUpFields, visit: Visit): Promise<Entered> => {
    const { code } = signUpState
    if (!fields.code)
      throw refused('CODE_REQUIRED', 'The first to sign up needs the code that the server printed.')
    await attempts.code(visit.ip)
    if (!code?.take(fields.code))
      throw refused('CODE_WRONG', 'This is not the code that the server printed, or it has been used.')
    try {
      const answer = await makingOperator.run(true, () => make(fields, visit))
      code.use()
      return answer
    } finally {
      code.giveBack()
    }
  }

  return {
    async signUp(body, visit) {
      const fields = signUpFields(body)
      await attempts.signUp(visit.ip)
      const state = await signUpState.read()
      if (state === 'closed')
        throw refused(
          'SIGN_UP_CLOSED',
          'Nobody can sign up here by themselves. Ask an operator of this OneTape.',
        )
      return state === 'first_operator' ? makeFirst(fields, visit) : make(fields, visit)
    },

    async signIn(body, visit) {
      const fields = signInFields(body)
      await attempts.signIn(visit.ip, fields.email)
      const answer = await api
        .signInEmail({ body: fields, headers: headersOf(visit), returnHeaders: true })
        .catch((error: unknown) => {
          throw told(error)
        })
      await attempts.forgetSignIn(visit.ip, fields.email)
      return entered(answer)
    },

    async signOut(visit) {
      const { headers } = await api.signOut({ headers: headersOf(visit), returnHeaders: true })
      await onChange(null)
      return { cookies: headers.getSetCookie() }
    },

    async changePassword(body, visit) {
      const { currentPassword, newPassword } = changeFields(body)
      await attempts.changePassword(visit.ip)
      const fields = { currentPassword, newPassword, revokeOtherSessions: true }
      const answer = await api
        .changePassword({ body: fields, headers: headersOf(visit), returnHeaders: true })
        .catch((error: unknown) => {
          throw told(error)
        })
      const changed = entered(answer)
      await onChange(changed.user.id)
      return changed
    },
  }
}

export function headersOf({ ip, userAgent, cookie, authorization }: Visit): Headers {
  const headers = new Headers({ [ADDRESS_HEADER]: ip })
  if (userAgent) headers.set('user-agent', userAgent.slice(0, USER_AGENT_MAX))
  if (authorization) headers.set('authorization', authorization)
  else if (cookie) headers.set('cookie', cookie)
  return headers
}

function entered({ headers, response: { user } }: LibraryAnswer): Entered {
  return { user: signedInOf(user), cookies: headers.getSetCookie(), token: headers.get('set-auth-token') }
}

export const signedInOf = (user: LibraryAnswer['response']['user']): SignedIn => ({
  id: user.id,
  name: user.name,
  email: user.email,
  role: user.role === 'operator' ? 'operator' : 'member',
})

const codeOf = (error: unknown): string | undefined =>
  isAPIError(error) ? (error.body as { code?: string } | undefined)?.code : undefined

/** What the library says, in our words; whatever is not a person's mistake stays as it is. */
function told(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'INVALID_EMAIL_OR_PASSWORD':
      return new AuthProblem({
        kind: 'unauthorized',
        code: 'INVALID_EMAIL_OR_PASSWORD',
        message: 'E-mail or password is wrong.',
      })
    case 'USER_ALREADY_EXISTS':
    case 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL':
      return taken()
    case 'INVALID_PASSWORD':
      return refused('INVALID_PASSWORD', 'The current password is wrong.')
    case 'CREDENTIAL_ACCOUNT_NOT_FOUND':
      return refused('INVALID_PASSWORD', 'This account has no password.')
    case 'UNAUTHORIZED':
      return new AuthProblem({ kind: 'unauthorized', code: 'UNAUTHORIZED', message: 'Sign in first.' })
    default:
      return error
  }
}

const taken = (): AuthProblem =>
  new AuthProblem({
    kind: 'conflict',
    code: 'USER_ALREADY_EXISTS',
    message: 'There is an account with this e-mail already. Sign in instead.',
  })

const refused = (code: AuthCode, message: string): AuthProblem =>
  new AuthProblem({ kind: code === 'SIGN_UP_CLOSED' ? 'forbidden' : 'invalid_request', code, message })
