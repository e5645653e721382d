// The daemon's and the command line's settings: the only reader of process.env, parsed once and passed in.
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
  ONETAPE_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much the processes say.'),
  ONETAPE_STREAMS: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether prices are streamed beside being polled, where a vendor can stream.'),
  ONETAPE_PARTITION_WIDTH: z
    .enum(['day', 'week', 'month'])
    .optional()
    .describe(
      'How wide partitions of recent times are made from now on. Unset: what the database says; at first a day for ticks, a week for bars.',
    ),
})
/** The settings that the vendors' folders name. */
export const vendorSchema = z.object(houseSettings(registry.definitions))

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

/** The process' own environment. `overrides` are what a command line flag says, e.g. `--live`. */
export const readEnv = (overrides: Partial<Record<keyof z.infer<typeof ownSchema>, string>> = {}): Env =>
  parseEnv({ ...process.env, ...overrides })
