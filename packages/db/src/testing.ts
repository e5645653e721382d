// A real Postgres for tests: each test file gets a database of its own, cloned from a template that is migrated once.
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, escapeIdentifier } from 'pg'
import { connect, type Db } from './connect.ts'
import { type Mode, prepareDatabase } from './prepare.ts'
import type { Role } from './roles.ts'
import { LOCK_SPACE } from './transaction.ts'

export { type Leak, type Said, type Secret, searchForSecrets } from './custody/search-for-secrets.ts'

export interface TestDatabase {
  url: string
  /** As the server's superuser, whom row-level security does not hold. */
  db: Db
  /** As a process works; ended with the rest. */
  as(role: Role): Db
  /** Ends the connections and removes the database. */
  drop(): Promise<void>
}

interface Server extends AsyncDisposable {
  url(database: string): string
}

const TEMPLATE_LOCK = 1_000
const STATE_DIR = fileURLToPath(new URL('../../../.data/test', import.meta.url))
const MIGRATIONS = new URL('../migrations/', import.meta.url)

/**
 * A clone of a migrated template, on `TEST_DATABASE_URL`'s or `DATABASE_URL`'s server (whose own databases are left
 * alone), else on an embedded one. `drop()` it in `afterAll`; what a killed run left behind, a later one removes.
 */
export async function testDatabase(o: { mode?: Mode } = {}): Promise<TestDatabase> {
  const server = await openServer()
  const name = `onetape_test_${process.pid}_${randomUUID().slice(0, 8)}`
  try {
    await cloneTemplate(server, name, o.mode ?? 'demo')
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  const url = server.url(name)
  const db = connect({ url, applicationName: 'onetape test' })
  const opened = [db]
  return {
    url,
    db,
    as(role) {
      const asRole = connect({ url, applicationName: `onetape test ${role}`, role })
      opened.push(asRole)
      return asRole
    },
    async drop() {
      for (const open of opened) await open.end()
      await withClient(server, (client) =>
        client.query(`drop database if exists ${escapeIdentifier(name)} with (force)`),
      )
      await server[Symbol.asyncDispose]()
    },
  }
}

async function openServer(): Promise<Server> {
  // A test's setting, like an app's env.ts for the app.
  const { TEST_DATABASE_URL, DATABASE_URL } = process.env
  const given = TEST_DATABASE_URL || DATABASE_URL
  if (given) {
    const url = (database: string) => {
      const address = new URL(given)
      address.pathname = `/${database}`
      return address.href
    }
    return { url, [Symbol.asyncDispose]: async () => {} }
  }
  const { openEmbedded } = await import('./embedded/index.ts')
  return await openEmbedded({ stateDir: STATE_DIR, fsync: false })
}

async function cloneTemplate(server: Server, name: string, mode: Mode): Promise<void> {
  const template = `onetape_template_${mode}_${migrationsHash()}`
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock($1, $2)', [LOCK_SPACE, TEMPLATE_LOCK])
    await removeLeftovers(client, template)
    // Built under another name: a template that exists is complete.
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (rows.length === 0) {
      const draft = `${template}_draft`
      await client.query(`drop database if exists ${draft} with (force)`)
      await prepareDatabase({ url: server.url(draft), mode, createIfMissing: true })
      await client.query(`alter database ${draft} rename to ${template}`)
    }
    await client.query(`create database ${escapeIdentifier(name)} template ${template}`)
  })
}

/** Clones of processes that are gone, and templates of other migrations that nobody clones now. */
async function removeLeftovers(client: Client, template: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database d where (datname like 'onetape\\_test\\_%' or datname like 'onetape\\_template\\_%')
       and not exists (select from pg_stat_activity a where a.datid = d.oid)`,
  )
  for (const { datname } of rows) {
    const pid = /^onetape_test_(\d+)_/.exec(datname)?.[1]
    const stale = pid ? !isAlive(Number(pid)) : !datname.endsWith(template.split('_').at(-1)!)
    if (stale) await client.query(`drop database if exists ${escapeIdentifier(datname)}`).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function migrationsHash(): string {
  const hash = createHash('sha256').update(readFileSync(new URL('grants.ts', import.meta.url)))
  const journal = readFileSync(new URL('meta/_journal.json', MIGRATIONS), 'utf8')
  for (const { tag } of JSON.parse(journal).entries)
    hash.update(readFileSync(new URL(`${tag}.sql`, MIGRATIONS)))
  return hash.digest('hex').slice(0, 12)
}

async function withClient<T>(server: Server, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.url('postgres'), application_name: 'onetape test' })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
