// The daemon's and the command line's settings: the only reader of process.env, parsed once and passed in.
import { z } from 'zod'

const url = z.url({ protocol: /^https?$/, error: 'is not an http(s) address' })

export const envSchema = z.object({
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
  ONETAPE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much the processes say.'),
  POLYGON_API_KEY: z
    .string()
    .optional()
    .describe('Credential of Polygon/Massive. Unset: that vendor is skipped.'),
  POLYGON_BASE_URL: url
    .optional()
    .describe('Address of Polygon/Massive, to use another host or a simulator.'),
  YAHOO_BASE_URL: url.optional().describe('Address of Yahoo Finance.'),
  YAHOO_CONSENT_URL: url.optional().describe("Address of Yahoo's cookie host."),
  COINBASE_BASE_URL: url.optional().describe('Address of Coinbase Advanced Trade.'),
})

export type Env = z.infer<typeof envSchema>

/** A setting that cannot be used; the message is one clear line for a person and never holds the value. */
export class EnvProblem extends Error {
  override name = 'EnvProblem'
}

/** An empty variable means the same as an unset one. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = envSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`)
  throw new EnvProblem(`Settings cannot be used: ${issues.join('; ')}. See .env.example.`)
}

/** The process' own environment. `overrides` are what a command line flag says, e.g. `--live`. */
export const readEnv = (overrides: Partial<Record<keyof Env, string>> = {}): Env =>
  parseEnv({ ...process.env, ...overrides })
