// From an address to a tape that can be written: reachable, new enough, created, migrated, with its roles, and of the
// right mode.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client, escapeIdentifier } from 'pg'
import { grantToRoles } from './grants.ts'
import { DatabaseProblem, problemOf, type Target, targetOf } from './problem.ts'
import { ensureRoles } from './roles.ts'
import { LOCK_SPACE, LOCKS } from './transaction.ts'

/** What a database holds, for good: simulated prices or real ones. */
export type Mode = 'demo' | 'live'

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../migrations', import.meta.url))
const REACH_MS = 10_000
const LOCK_WAIT_MS = 60_000
const VERSION_MIN = 150_000

/**
 * Safe to run from several processes at once. Nothing is changed in a database of the other mode, of an older server,
 * or in one that already belongs to something else.
 * @throws DatabaseProblem with one clear line.
 */
export async function prepareDatabase(o: {
  url: string
  mode: Mode
  createIfMissing?: boolean
}): Promise<void> {
  const target = targetOf(o.url)
  try {
    const client = await reach(o.url, target, o.createIfMissing ?? false)
    try {
      await requireServer(client, target)
      await client.query(`set lock_timeout = ${LOCK_WAIT_MS}`)
      await client.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, LOCKS.migrations])
      await requireOurs(client, target, o.mode)
      await migrateToLevel(client, target)
      await grantToRoles(client)
      await mark(client, target, o.mode)
    } finally {
      await client.end().catch(() => {}) // releases the lock
    }
  } catch (error) {
    throw problemOf(error, target)
  }
}

async function reach(url: string, target: Target, createIfMissing: boolean): Promise<Client> {
  try {
    return await open(url)
  } catch (error) {
    if (codeOf(error) !== '3D000' || !createIfMissing) throw error
    await createDatabase(url, target)
    return await open(url)
  }
}

/** One connection; a server that is just starting or stopping is asked again until the deadline. */
async function open(url: string): Promise<Client> {
  const deadline = performance.now() + REACH_MS
  for (;;) {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: Math.max(1, deadline - performance.now()),
      application_name: 'onetape prepare',
      options: '-c TimeZone=UTC',
    })
    client.on('error', () => {}) // what broke is told by the query that fails
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => {})
      if (codeOf(error) !== '57P03' || performance.now() + 200 > deadline) throw error
      await sleep(200)
    }
  }
}

async function createDatabase(url: string, target: Target): Promise<void> {
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const client = await open(maintenance.href).catch((error: unknown) => {
    if (codeOf(error) !== '3D000') throw error
    maintenance.pathname = '/template1'
    return open(maintenance.href)
  })
  try {
    await createOnce(client, target)
  } catch (error) {
    if (codeOf(error) !== '42501') throw error
    const line = `There is no database "${target.database}" at ${target.server}, and the role "${target.user}" may not create it. Create it with: createdb ${target.database}`
    throw new DatabaseProblem(line, error)
  } finally {
    await client.end()
  }
}

/** Two processes may both find it missing: whoever comes second finds it made. */
async function createOnce(client: Client, target: Target): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.query(
        `create database ${escapeIdentifier(target.database)} template template0 encoding 'UTF8'`,
      )
      return
    } catch (error) {
      const code = codeOf(error)
      if (code === '42P04' || code === '23505') return
      if (code !== '55006' || attempt === 50) throw error // template0 is being copied by somebody else
      await sleep(100)
    }
  }
}

async function requireServer(client: Client, target: Target): Promise<void> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
            current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby`,
  )
  const { number, version, encoding, standby } = rows[0]
  if (number < VERSION_MIN) {
    throw new DatabaseProblem(
      `PostgreSQL ${version} at ${target.server} is too old: OneTape needs PostgreSQL 15 or newer.`,
    )
  }
  if (standby) throw problemOf({ code: '25006' }, target)
  if (encoding !== 'UTF8') {
    throw new DatabaseProblem(
      `The database "${target.database}" at ${target.server} is encoded in ${encoding}: OneTape needs UTF8.`,
    )
  }
}

/** Before anything is changed: a database of the other mode, or of somebody else, is left as it is. */
async function requireOurs(client: Client, target: Target, mode: Mode): Promise<void> {
  const { rows } = await client.query(
    `select to_regclass('public.tape_environment') is not null as ours,
            exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                                    and d.deptype = 'e')) as used`,
  )
  if (rows[0].ours) return await requireMode(client, target, mode)
  if (rows[0].used) {
    throw new DatabaseProblem(
      `The database "${target.database}" at ${target.server} holds tables of something else. Give OneTape a database of its own.`,
    )
  }
}

async function requireMode(client: Client, target: Target, mode: Mode): Promise<void> {
  const { rows } = await client.query('select mode from public.tape_environment')
  const held: Mode | undefined = rows[0]?.mode
  if (held === undefined || held === mode) return
  throw new DatabaseProblem(
    held === 'live'
      ? `This database holds live prices; demo does not mix simulated ones into them. Start with --live, or give demo a database other than "${target.database}".`
      : `This database holds simulated prices; live does not mix real ones into them. Start in demo, or give live a database other than "${target.database}".`,
  )
}

/** Asks first, so that a role without the right to create things can use a tape that is level. */
async function migrateToLevel(client: Client, target: Target): Promise<void> {
  const newest = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).at(-1)!.folderMillis
  const { rows: found } = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as migrated`,
  )
  if (found[0].migrated) {
    const { rows } = await client.query('select max(created_at) as at from drizzle.__drizzle_migrations')
    const at = Number(rows[0].at)
    if (at === newest) return await ensureRoles(client, target)
    if (at > newest) {
      throw new DatabaseProblem(
        'This database was migrated by a newer OneTape. Update this one before you start it.',
      )
    }
  }
  await requireRights(client, target)
  await ensureRoles(client, target) // its policies name them
  await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS_FOLDER })
}

/** Before roles are made for a tape that could not be made. */
async function requireRights(client: Client, target: Target): Promise<void> {
  const { rows } = await client.query(`select has_database_privilege(current_database(), 'create') as may`)
  if (!rows[0].may) throw problemOf({ code: '42501' }, target)
}

async function mark(client: Client, target: Target, mode: Mode): Promise<void> {
  await client.query('insert into tape_environment (mode) values ($1) on conflict do nothing', [mode])
  await requireMode(client, target, mode)
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')
