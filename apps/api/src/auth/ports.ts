// Accounts as the procedures see them: who is asking, and what can be done about sessions and roles. `create-auth.ts`
// and its neighbours meet these; nothing here knows the library behind them.
import type { Micros } from '@onetape/market'

export type Role = 'member' | 'operator'

/** Who is asking. */
export interface SignedIn {
  id: string
  name: string
  email: string
  role: Role
}

/** By which session they are asking; the demo user needs none. */
export interface OwnSession {
  id: string
  /** Called once when it is revoked or has run out, within seconds. @returns stops listening. */
  onEnd(told: () => void): () => void
}

export type SignUp = 'open' | 'first_operator' | 'closed'

export interface Me {
  user: SignedIn | null
  mode: 'demo' | 'live'
  /** Nobody signed in: demo shows what its own user has. */
  isDemoUser: boolean
  signUp: SignUp
}

export interface SessionReport {
  id: string
  current: boolean
  createdAt: Micros
  lastSeenAt: Micros
  ip: string | null
  userAgent: string | null
}

export interface UserReport {
  id: string
  name: string
  email: string
  role: Role
  createdAt: Micros
}

export interface Accounts {
  me(user: SignedIn | null, session: OwnSession | null): Promise<Me>
  sessions(user: SignedIn, session: OwnSession | null): Promise<SessionReport[]>
  /** @returns false where this user has no such session. */
  revokeSession(user: SignedIn, id: string): Promise<boolean>
  /** @returns how many were ended. */
  revokeOthers(user: SignedIn, session: OwnSession | null): Promise<number>
  users(): Promise<UserReport[]>
  /** @returns null where there is no such user. @throws ApiProblem for the last operator. */
  setRole(userId: string, role: Role): Promise<UserReport | null>
}
