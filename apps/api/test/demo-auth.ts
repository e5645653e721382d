import type { Auth } from '../src/auth/open-auth.ts'
import type { SignedIn } from '../src/auth/ports.ts'
import { ApiProblem } from '../src/errors.ts'

const notHere = async (): Promise<never> => {
  throw new ApiProblem('unavailable', 'accounts are not asked in these tests')
}

export const DEMO_USER = {
  id: 'demo',
  name: 'Demo',
  email: 'demo@onetape.invalid',
  role: 'operator',
} satisfies SignedIn

/** Everybody is the demo user, without a database. */
export const demoAuth: Pick<Auth, 'sessionOf' | 'accounts' | 'door'> = {
  sessionOf: () => ({
    user: DEMO_USER,
    session: null,
    cookies: [],
  }),
  accounts: {
    me: notHere,
    sessions: notHere,
    revokeSession: notHere,
    revokeOthers: notHere,
    users: notHere,
    setRole: notHere,
  },
  door: { signUp: notHere, signIn: notHere, signOut: notHere, changePassword: notHere },
}
