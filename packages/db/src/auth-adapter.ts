// The tables that the sign-in library works on, under the names that it calls them by.
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import type { Db } from './connect.ts'
import { authAccounts, authRateLimits, authSessions, authVerifications, users } from './schema/index.ts'

/** What `betterAuth({database})` takes. Rate limits are counted in the database when it is told to. */
export const authAdapter = (db: Db): ReturnType<typeof drizzleAdapter> =>
  drizzleAdapter(db.drizzle, {
    provider: 'pg',
    transaction: true,
    schema: {
      user: users,
      session: authSessions,
      account: authAccounts,
      verification: authVerifications,
      rateLimit: authRateLimits,
    },
  })
