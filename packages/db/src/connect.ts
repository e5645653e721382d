// A pool whose values are the tape's nouns: instants are Micros, numbers are numbers, dates are YYYY-MM-DD.
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { type CustomTypesConfig, Pool, types } from 'pg'
import './keep-values-out.ts'
import { microsFromServer } from './micros-type.ts'
import type { Role } from './roles.ts'

export interface Db {
  drizzle: NodePgDatabase
  pool: Pool
  /** Not as the role: for what only the owner of the tables may do. The same pool where no role was asked for. */
  ddl: Pool
  end(): Promise<void>
}

export interface ConnectOptions {
  url: string
  /** Shown by `pg_stat_activity`. */
  applicationName: string
  poolMax?: number
  /** What the process works as; left out, it works as whoever the address names. */
  role?: Role
}

/** One that holds still, one that copies, one that stops them; and one that makes a partition meanwhile. */
const DDL_POOL_MAX = 4

const PARSERS: Record<number, (text: string) => unknown> = {
  20: Number, // int8: ledger ids, counts; far below 2^53
  1700: Number, // numeric
  1184: microsFromServer, // timestamptz
  1082: (text) => text, // date
}

/** How values come back from queries that do not go through Drizzle. */
export const tapeTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && PARSERS[oid]) ||
    types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'],
}

/** Connects lazily; a server that goes away fails the queries of that moment, and the next ones connect anew. */
export function connect(o: ConnectOptions): Db {
  const pool = poolOf(o, o.poolMax ?? 10, o.role)
  // No connection is made before it is asked for.
  const ddl = o.role ? poolOf(o, DDL_POOL_MAX) : pool
  let ended: Promise<void> | null = null
  return {
    drizzle: drizzle({ client: pool }),
    pool,
    ddl,
    end: () => {
      ended ??= Promise.all([...new Set([pool, ddl])].map((p) => p.end())).then(() => {})
      return ended
    },
  }
}

/** The same tape, worked on as its owner. */
export const asOwner = (db: Db): Db => ({ ...db, pool: db.ddl, drizzle: drizzle({ client: db.ddl }) })

function poolOf(o: ConnectOptions, max: number, role?: Role): Pool {
  const pool = new Pool({
    connectionString: o.url,
    application_name: o.applicationName,
    max,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 120_000,
    query_timeout: 150_000,
    idle_in_transaction_session_timeout: 120_000,
    keepAlive: true,
    // At the start of the session, so that a reset of it comes back to the role.
    options: `-c TimeZone=UTC${role ? ` -c role=${role}` : ''}`,
    types: tapeTypes,
  })
  // Without a listener a connection that breaks, idle or between two queries of a transaction, ends the process.
  // Whoever uses it next gets the error; the pool has already thrown the connection away.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
