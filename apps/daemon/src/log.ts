// The logger. Whatever is passed to it, the values of our credentials never reach the output.
import { registry, secretsOf as vendorSecretsOf } from '@onetape/providers'
import { pino } from 'pino'
import type { Env } from './env.ts'

export type Log = pino.Logger

const HIDDEN = '[hidden]'
const SECRET_FIELDS = [
  'apiKey',
  'password',
  'authorization',
  'Authorization',
  'credentials',
  'cookie',
  'token',
]

/** The texts that must never be printed: keys as given and as a URL would carry them, and the database password. */
export function secretsOf(env: Env): string[] {
  const secrets = vendorSecretsOf(registry.definitions, env.vendors)
  for (const key of env.ONETAPE_KEYS?.split(',') ?? []) secrets.push(key.slice(key.indexOf(':') + 1).trim())
  if (env.DATABASE_URL && URL.canParse(env.DATABASE_URL)) secrets.push(new URL(env.DATABASE_URL).password)
  return secrets
    .filter((s) => s.length >= 4)
    .flatMap((s) => [...new Set([s, decoded(s), encodeURIComponent(s)])])
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A message for people, with every secret taken out. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text)

/** @param name which process speaks. Lines go to stderr, so that a command's own output stays clean. */
export function createLog(
  name: string,
  env: Env,
  destination: pino.DestinationStream = pino.destination(2),
): Log {
  const secrets = secretsOf(env)
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`])
  return pino(
    {
      name,
      level: env.ONETAPE_LOG_LEVEL,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: HIDDEN },
      hooks: { streamWrite: (line) => withoutSecrets(line, secrets) },
    },
    destination,
  )
}
