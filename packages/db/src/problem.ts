// What can be wrong with a database before the tape can be used, as one line that says what to do.

/** The message is one clear line for a person; it never holds a password. */
export class DatabaseProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'DatabaseProblem'
  }
}

/** Where a connection string points, without its password. */
export interface Target {
  /** `host:port`. */
  server: string
  database: string
  user: string
}

const EXPECTED = 'expected postgres://user:password@host:5432/database'

/** @throws DatabaseProblem when the text is no connection string; the text itself is never repeated. */
export function targetOf(url: string): Target {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new DatabaseProblem(`The database address is not a connection string: ${EXPECTED}.`)
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') {
    throw new DatabaseProblem(`The database address begins with "${parsed.protocol}": ${EXPECTED}.`)
  }
  const database = safeDecode(parsed.pathname.slice(1))
  if (!database) throw new DatabaseProblem(`The database address names no database: ${EXPECTED}.`)
  const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost')
  return { server: `${host}:${parsed.port || 5432}`, database, user: safeDecode(parsed.username) }
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new DatabaseProblem(`The database address holds a "%" that encodes nothing: ${EXPECTED}.`)
  }
}

/** What an error while connecting, migrating or asking means to the person who gave the address. */
export function problemOf(error: unknown, target: Target): DatabaseProblem {
  if (error instanceof DatabaseProblem) return error
  const { code, message } = rootOf(error)
  const { server, database, user } = target
  if (/role .* does not exist/.test(message)) {
    return new DatabaseProblem(
      `The server ${server} knows no role "${user}". Create it, or correct the address.`,
      error,
    )
  }
  const line = LINES[code]?.(target) ?? (/timeout|timed out/i.test(message) ? LINES.ETIMEDOUT!(target) : null)
  if (line) return new DatabaseProblem(line, error)
  if (/password must be a string/i.test(message)) {
    return new DatabaseProblem(
      `The server ${server} wants a password for the role "${user}": ${EXPECTED}.`,
      error,
    )
  }
  if (/does not support SSL/i.test(message)) {
    return new DatabaseProblem(
      `The server ${server} does not speak SSL; remove sslmode from the address.`,
      error,
    )
  }
  if (/terminated unexpectedly|ECONNRESET|invalid response|message code/i.test(`${code} ${message}`)) {
    return new DatabaseProblem(`${server} closed the connection. Is it a PostgreSQL server?`, error)
  }
  return new DatabaseProblem(
    `The database "${database}" at ${server} cannot be used: ${oneLine(message)}`,
    error,
  )
}

const unreachable = (t: Target) =>
  `No PostgreSQL answers at ${t.server}. Is it running, and is the address right?`
const LINES: Record<string, (t: Target) => string> = {
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOENT: unreachable,
  EACCES: unreachable,
  ENOTFOUND: (t) => `The host of ${t.server} is not known. Check the database address.`,
  EAI_AGAIN: (t) =>
    `The host of ${t.server} cannot be looked up now. Check the database address and the network.`,
  ETIMEDOUT: (t) =>
    `PostgreSQL at ${t.server} did not answer in time. Is the address right and the port open?`,
  '28P01': (t) => `The server ${t.server} refuses the password of the role "${t.user}".`,
  '28000': (t) =>
    `The server ${t.server} does not let the role "${t.user}" in from here (see its pg_hba.conf).`,
  '3D000': (t) =>
    `There is no database "${t.database}" at ${t.server}. Create it with: createdb ${t.database}`,
  '42501': (t) =>
    `The role "${t.user}" has too few rights on the database "${t.database}" at ${t.server}. Make it the owner.`,
  '25006': (t) =>
    `The database "${t.database}" at ${t.server} is read-only (a standby?). Give the primary's address.`,
  '53300': (t) =>
    `The server ${t.server} has no connection left. Raise max_connections, or stop other clients.`,
  '53100': (t) => `The disk of the server ${t.server} is full.`,
  '57P03': (t) => `PostgreSQL at ${t.server} is still starting up or shutting down. Try again in a moment.`,
  '55P03': (t) =>
    `Another process has been preparing the database "${t.database}" for a minute. Stop it, or wait.`,
}

/** Drizzle wraps what the server said; Node bundles the failures of several addresses. */
function rootOf(error: unknown): { code: string; message: string } {
  let at = error as { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown[] } | null
  while (at && at.code === undefined && (at.cause || at.errors?.[0]))
    at = (at.cause ?? at.errors?.[0]) as typeof at
  return { code: String(at?.code ?? ''), message: String(at?.message || error) }
}

const oneLine = (text: string) =>
  text.split('\n', 1)[0]!.replace(/(postgres(?:ql)?:\/\/[^:@/\s]*):[^@\s]*@/g, '$1@')
