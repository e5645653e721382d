import type { Auth } from '../src/auth/open-auth.ts'
import { ApiProblem } from '../src/errors.ts'

const notHere = async (): Promise<never> => {
  throw new ApiProblem('unavailable', 'accounts are not asked in these tests')
}

/** Everybody is the demo user, without a database. */
export const demoAuth: Pick<Auth, 'sessionOf' | 'accounts' | 'door'> = {
  sessionOf: () => ({
    user: { id: 'demo', name: 'Demo', email: 'demo@onetape.invalid', role: 'operator' },
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
