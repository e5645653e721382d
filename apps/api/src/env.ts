// The API's settings: the only reader of process.env, parsed once and passed in.
import { keysProblem } from '@onetape/db'
import { type HouseSettings, houseSettings, registry } from '@onetape/providers'
import { z } from 'zod'

const ownSchema = z.object({
  ONETAPE_MODE: z
    .enum(['demo', 'live'])
    .default('demo')
    .describe(
      'demo: simulated vendors, no key, no network. live: real vendors. A database is one or the other.',
    ),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'is not a postgres:// address')
    .optional()
    .describe('A PostgreSQL server, 15 or newer. Unset: an embedded one is started in ONETAPE_STATE_DIR.'),
  ONETAPE_STATE_DIR: z
    .string()
    .optional()
    .describe('Folder of the embedded database. Default: .data in the repository.'),
  ONETAPE_KEY_FILE: z
    .string()
    .optional()
    .describe(
      "File with the keys that seal users' credentials; made when it is not there. Default: keys.json in ONETAPE_STATE_DIR.",
    ),
  ONETAPE_KEYS: z
    .string()
    .superRefine((text, context) => {
      const message = keysProblem(text)
      if (message) context.addIssue({ code: 'custom', message })
    })
    .optional()
    .describe(
      'Keys instead of the key file, as id:key,id:key, each of 32 bytes in base64. The first seals; the others open what they sealed.',
    ),
  ONETAPE_HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address that the dashboard and the API listen on. Anything but loopback is open to your network.',
    ),
  ONETAPE_PORT: z.coerce
    .number('is not a port number')
    .int('is not a port number')
    .min(0, 'is not a port number')
    .max(65_535, 'is not a port number')
    .default(4681)
    .describe('Port of the dashboard and the API.'),
  ONETAPE_PUBLIC_URL: z
    .string()
    .refine(isPublicUrl, 'is no https:// address without a path (http:// is for this machine alone)')
    .optional()
    .describe(
      'Address under which people reach OneTape, e.g. https://tape.example.com behind a proxy on this machine. Decides which pages may change things, whether cookies are for https alone, and where vendors send a sign-in back to.',
    ),
  ONETAPE_SIGN_UP: z
    .enum(['open', 'closed'])
    .default('open')
    .describe(
      'Whether people may sign up by themselves. The first operator of a live OneTape always may, with the code that it prints.',
    ),
  ONETAPE_AUTH_SECRET: z
    .string()
    .min(32, 'is too short: 32 characters or more')
    .optional()
    .describe(
      'Signs the session cookies; the same for all API processes. Default: a secret made on first start, in the file auth-secret in ONETAPE_STATE_DIR.',
    ),
  ONETAPE_WEB_DIST: z
    .string()
    .optional()
    .describe('Folder of the built dashboard. Default: apps/web/dist in the repository.'),
  ONETAPE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much the processes say.'),
})
function isPublicUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.pathname !== '/' || url.search || url.hash || url.username || url.password) return false
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
  )
}

const vendorSchema = z.object(houseSettings(registry.definitions))

/** Every setting by its name, for .env.example. */
export const envSchema = z.object({ ...ownSchema.shape, ...vendorSchema.shape })

/** `vendors` are the settings that the vendors' folders name. */
export type Env = z.infer<typeof ownSchema> & { vendors: HouseSettings }

/** A setting that cannot be used; the message is one clear line for a person and never holds the value. */
export class EnvProblem extends Error {
  override name = 'EnvProblem'
}

/** An empty variable means the same as an unset one. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  )
  const own = ownSchema.safeParse(given)
  const vendors = vendorSchema.safeParse(given)
  if (own.success && vendors.success) return { ...own.data, vendors: vendors.data }
  const issues = [own, vendors]
    .flatMap((parsed) => parsed.error?.issues ?? [])
    .map((i) => `${i.path.join('.')} ${i.message}`)
  throw new EnvProblem(`Settings cannot be used: ${issues.join('; ')}. See .env.example.`)
}

export const readEnv = (): Env => parseEnv(process.env)
