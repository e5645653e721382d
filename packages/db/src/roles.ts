// The two roles that processes work as. Who connects owns the tape and migrates it; what the API and the daemon may do
// is theirs: row-level security, which would not hold a superuser, holds these.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, escapeIdentifier } from 'pg'
import { DatabaseProblem, type Target } from './problem.ts'

export const ROLES = ['onetape_api', 'onetape_daemon'] as const
export type Role = (typeof ROLES)[number]

const RACE_TRIES = 20

/** Roles are the server's, not a database's: others may be making them now, for databases of their own. */
export async function ensureRoles(client: Client, target: Target): Promise<void> {
  const { rows } = await client.query(
    `select current_user as me, array(select rolname::text from pg_roles where rolname = any ($1)) as there,
       current_setting('server_version_num')::int >= 160000 as "hasSet"`,
    [ROLES],
  )
  const { me, there, hasSet } = rows[0] as { me: string; there: string[]; hasSet: boolean }
  const missing = ROLES.filter((role) => !there.includes(role))
  try {
    for (const role of missing) await once(() => client.query(`create role ${role} nologin`))
    for (const role of await notGranted(client, hasSet)) {
      const how = hasSet ? ' with inherit false, set true' : ''
      await once(() => client.query(`grant ${role} to ${escapeIdentifier(me)}${how}`))
    }
  } catch (error) {
    if (!REFUSED.includes(codeOf(error))) throw error
    const creates = missing.map((role) => `create role ${role} nologin; `).join('')
    const grants = `grant ${ROLES.join(', ')} to ${escapeIdentifier(me)};`
    throw new DatabaseProblem(
      `OneTape works as the roles ${ROLES.join(' and ')}, and "${me}" may not make or use them at ${target.server}. Have an administrator run: ${creates}${grants}`,
      error,
    )
  }
}

/** Not permitted, or not possible on this server. */
const REFUSED = ['42501', '0A000']

async function notGranted(client: Client, hasSet: boolean): Promise<Role[]> {
  const { rows } = await client.query(
    'select role from unnest($1::text[]) as role where not pg_has_role(current_user, role, $2)',
    [ROLES, hasSet ? 'SET' : 'MEMBER'],
  )
  return rows.map((row) => row.role)
}

/** That another does the same at this moment is no fault: it is there then, or the next try finds it so. */
async function once(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      const code = codeOf(error)
      if (code === '42710') return
      const isRace = code === '23505' || /tuple concurrently (updated|deleted)/.test(String(error))
      if (!isRace || attempt === RACE_TRIES) throw error
      await sleep(50)
    }
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')
