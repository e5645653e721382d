// Sessions and roles, for the procedures of `account`.
import {
  asUser,
  type Db,
  DEMO_USER,
  endSessions,
  notifyUser,
  readSessions,
  readUsers,
  setRole,
} from '@onetape/db'
import type { Clock } from '@onetape/market'
import { ApiProblem } from '../errors.ts'
import type { Accounts } from './ports.ts'
import type { SignUpState } from './sign-up-state.ts'

export interface AccountsDeps {
  db: Db
  mode: 'demo' | 'live'
  wallClock: Clock
  signUpState: SignUpState
  /** Sessions ended, or somebody's role is another: nothing that was remembered holds. */
  onChange: (userId: string) => Promise<void>
}

export const createAccounts = ({ db, mode, wallClock, signUpState, onChange }: AccountsDeps): Accounts => ({
  async me(user, session) {
    return { user, mode, isDemoUser: user !== null && session === null, signUp: await signUpState.read() }
  },

  async sessions(user, session) {
    const rows = await readSessions(db, user.id, wallClock.now())
    return rows.map((row) => ({ ...row, current: row.id === session?.id }))
  },

  async revokeSession(user, id) {
    const ended = await endSessions(db, { userId: user.id, id })
    if (ended > 0) await onChange(user.id)
    return ended > 0
  },

  async revokeOthers(user, session) {
    const ended = await endSessions(db, { userId: user.id, keep: session?.id ?? null })
    if (ended > 0) await onChange(user.id)
    return ended
  },

  users: () => readUsers(db),

  async setRole(userId, role) {
    if (userId === DEMO_USER.id && mode === 'demo' && role !== 'operator')
      throw new ApiProblem('conflict', 'The demo user stays an operator: it is who nobody signed in is.')
    const changed = await setRole(db, userId, role)
    const [user] = await readUsers(db, userId)
    if (!user) return null
    if (!changed) throw new ApiProblem('conflict', 'This is the last operator. Make somebody else one first.')
    await onChange(userId)
    return user
  },
})

/** Their other tabs, in whichever process, look again. A hint: without it they do in a while. */
export const tellTabs = (db: Db, userId: string): Promise<void> =>
  asUser(db, userId, (tx) => notifyUser(tx, 'account')).catch(() => {})
