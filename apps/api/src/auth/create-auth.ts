// The sign-in library, set up for us: e-mail and password, sessions in Postgres. It is called as functions and serves no
// address of its own; what may be asked over HTTP is in routes.ts.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { authAdapter, type Db } from '@onetape/db'
import { betterAuth } from 'better-auth'
import { bearer } from 'better-auth/plugins'
import type { Logger } from 'pino'
import { PASSWORD_MAX, PASSWORD_MIN } from './fields.ts'

export interface AuthSettings {
  db: Db
  mode: 'demo' | 'live'
  /** Signs the cookies. */
  secret: string
  /** Whether cookies are for https alone. */
  secure: boolean
  log: Logger
}

/** Set by us alone; whatever a client sends under this name is not passed on. */
export const ADDRESS_HEADER = 'x-onetape-address'
const SESSION_S = 30 * 86_400
/** How fine "last seen" is. */
const SEEN_EVERY_S = 300

/** Within it a new user becomes an operator. */
export const makingOperator = new AsyncLocalStorage<true>()

export type SignInLibrary = ReturnType<typeof createAuth>

export function createAuth({ db, mode, secret, secure, log }: AuthSettings) {
  return betterAuth({
    appName: 'OneTape',
    baseURL: 'http://localhost', // it builds no links and compares no origins: http/guard.ts does
    secret,
    database: authAdapter(db),
    telemetry: { enabled: false },
    // Its messages alone: what it passes along may hold what somebody typed.
    logger: { log: (level, message) => log.debug(`sign-in: ${level}: ${message}`) },
    emailAndPassword: { enabled: true, minPasswordLength: PASSWORD_MIN, maxPasswordLength: PASSWORD_MAX },
    user: { additionalFields: { role: { type: 'string', required: false, input: false } } },
    session: { expiresIn: SESSION_S, updateAge: SEEN_EVERY_S, cookieCache: { enabled: false } },
    rateLimit: { enabled: false }, // attempts.ts counts, by person too
    plugins: [bearer({ requireSignature: true })],
    databaseHooks: {
      user: {
        create: {
          before: async (user) => ({
            data: { ...user, role: makingOperator.getStore() ? 'operator' : 'member' },
          }),
        },
      },
    },
    advanced: {
      // A browser does not tell ports apart: demo and live on one machine keep to their own cookies.
      cookiePrefix: `onetape-${mode}`,
      useSecureCookies: secure,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => randomUUID() },
    },
  })
}
