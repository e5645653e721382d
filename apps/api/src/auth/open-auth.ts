// Accounts of one API process, put together: who a request is, the door, sessions and roles.
import type { IncomingHttpHeaders } from 'node:http'
import { type Db, DEMO_USER, ensureDemoUser, hasOperator, readLiveSessions, trimSignIns } from '@onetape/db'
import type { Clock } from '@onetape/market'
import type { Logger } from 'pino'
import { createAccounts, tellTabs } from './accounts.ts'
import { Attempts } from './attempts.ts'
import { createAuth } from './create-auth.ts'
import { createDoor, type Door, headersOf, signedInOf } from './door.ts'
import { FirstOperatorCode } from './first-operator.ts'
import type { Accounts, OwnSession, SignedIn } from './ports.ts'
import { SessionMemo } from './session-memo.ts'
import { SessionWatch } from './session-watch.ts'
import { SignUpState } from './sign-up-state.ts'

export interface AuthDeps {
  db: Db
  mode: 'demo' | 'live'
  /** Signs the cookies; the same in all processes. */
  secret: string
  /** Whether cookies are for https alone. */
  secure: boolean
  signUp: 'open' | 'closed'
  wallClock: Clock
  log: Logger
}

/** Who a request is of. */
export interface Visitor {
  user: SignedIn | null
  session: OwnSession | null
  /** To be set by the first answer that sees them: the session goes on. */
  cookies: string[]
}

/** What of a request says who it is of. */
export interface Asking {
  ip: string
  headers: IncomingHttpHeaders
}

export interface Auth extends AsyncDisposable {
  /** At once where it is remembered, or where there is nothing to look up. */
  sessionOf(request: Asking): Visitor | Promise<Visitor>
  accounts: Accounts
  door: Door
  /** What the first operator signs up with; null where there is one. */
  operatorCode: string | null
}

const TRIM_EVERY_MS = 3_600_000
const CREDENTIAL_MAX = 1_024
const BEARER = /^bearer +(\S+)$/i
const NOBODY: Visitor = { user: null, session: null, cookies: [] }
const DEMO: Visitor = { user: { ...DEMO_USER, role: 'operator' }, session: null, cookies: [] }

export async function openAuth(o: AuthDeps): Promise<Auth> {
  const { db, mode, wallClock } = o
  if (mode === 'demo') await ensureDemoUser(db)
  const library = createAuth(o)
  const { authCookies } = await library.$context
  const cookieNames = [authCookies.sessionToken.name, authCookies.dontRememberToken.name] as const
  const waitsForOperator = mode === 'live' && !(await hasOperator(db))
  const code = waitsForOperator ? new FirstOperatorCode() : null
  const signUpState = new SignUpState({ mode, setting: o.signUp, hasOperator: () => hasOperator(db), code })
  const watch = new SessionWatch({ live: (ids) => readLiveSessions(db, ids, wallClock.now()) })
  const lookUp = async (headers: Headers): Promise<Visitor> => {
    const answer = await library.api.getSession({ headers, returnHeaders: true })
    // The library would have the cookie of an ended session taken away. The answer that says so may come after the
    // one that brings the next session's (a changed password, a sign-in), and would take that one away.
    if (!answer.response) return { user: null, session: null, cookies: [] }
    const { session, user } = answer.response
    const own: OwnSession = { id: session.id, onEnd: (told) => watch.onEnd(session.id, told) }
    return { user: signedInOf(user), session: own, cookies: answer.headers.getSetCookie() }
  }
  const memo = new SessionMemo<Visitor>({ lookUp: (credential) => lookUp(headersFor(credential)) })
  const onChange = async (userId: string | null) => {
    memo.forget()
    await watch.look()
    if (userId !== null) await tellTabs(db, userId)
  }
  const trim = () => void trimSignIns(db, wallClock.now()).catch(() => {})
  const trimming = setInterval(trim, TRIM_EVERY_MS).unref()
  trim()
  return {
    sessionOf(request) {
      const credential = credentialOf(request.headers, cookieNames)
      if (credential === null) return mode === 'demo' ? DEMO : NOBODY
      const answer = memo.of(credential)
      // Demo: whose cookie has run out is nobody in particular again. A program that names a token means it.
      if (mode !== 'demo' || credential.startsWith(TOKEN)) return answer
      return answer instanceof Promise ? answer.then(orDemo) : orDemo(answer)
    },
    accounts: createAccounts({ db, mode, wallClock, signUpState, onChange }),
    door: createDoor({ library, attempts: new Attempts(db), signUpState, onChange }),
    operatorCode: code?.text ?? null,
    async [Symbol.asyncDispose]() {
      clearInterval(trimming)
      watch.close()
    },
  }
}

const orDemo = (visitor: Visitor): Visitor => (visitor.user ? visitor : DEMO)

const TOKEN = 'token '
const COOKIE = 'cookie '

/** What is looked up, or null where a request says nothing of who it is of. A token goes before a cookie. */
function credentialOf(
  headers: IncomingHttpHeaders,
  names: readonly [session: string, other: string],
): string | null {
  const token = headers.authorization && BEARER.exec(headers.authorization)?.[1]
  if (token) return `${TOKEN}${token.slice(0, CREDENTIAL_MAX)}`
  const { cookie } = headers
  if (!cookie?.includes(names[0])) return null
  const ours = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => names.some((name) => pair.startsWith(`${name}=`)))
  return ours.length > 0 ? `${COOKIE}${ours.join('; ').slice(0, CREDENTIAL_MAX)}` : null
}

function headersFor(credential: string): Headers {
  const named = { ip: '', userAgent: undefined, cookie: undefined, authorization: undefined }
  return headersOf(
    credential.startsWith(TOKEN)
      ? { ...named, authorization: `Bearer ${credential.slice(TOKEN.length)}` }
      : { ...named, cookie: credential.slice(COOKIE.length) },
  )
}
