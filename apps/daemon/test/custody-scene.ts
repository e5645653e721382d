// What the tests of custody stand on: users with sealed sources in a database, and what of them opens through a ring
// that is opened afresh.
import { randomBytes, randomUUID } from 'node:crypto'
import {
  addUserSource,
  asUser,
  type Db,
  type KeyRing,
  listSealed,
  openCredentials,
  type SealedRow,
  sealCredentials,
} from '@onetape/db'
import { wallClock } from '../src/clock/wall-clock.ts'

export interface SealedAccount {
  userId: string
  sourceId: string
  credentials: Record<string, string>
}

export async function addUser(db: Db, id: string): Promise<void> {
  await db.pool.query('insert into users (id, name, email) values ($1, $2, $3)', [
    ...[id, `${id[0]!.toUpperCase()}${id.slice(1)}`, `${id}@example.org`],
  ])
}

/** One more source of a user who is there. */
export async function addSealed(
  db: Db,
  ring: KeyRing,
  o: { userId: string; name: string; credentials?: Record<string, string> },
): Promise<SealedAccount> {
  const account = {
    userId: o.userId,
    sourceId: randomUUID(),
    credentials: o.credentials ?? { apiKey: randomBytes(18).toString('base64url') },
  }
  const { keyId, sealed } = await sealCredentials(ring, account)
  await asUser(db, o.userId, (tx) =>
    addUserSource(tx, {
      ...{ id: randomUUID(), sourceId: account.sourceId, name: o.name, provider: 'polygon', label: o.name },
      ...{ isPrimary: false, tier: 'advanced', state: 'connected', hint: null, keyId, sealed },
      ...{ expiresAt: null, capabilities: null, probedAt: null, at: wallClock.now() },
    }),
  )
  return account
}

export const allSealed = (db: Db): Promise<SealedRow[]> => listSealed(db, { afterId: null, limit: 10_000 })

/** The records of these accounts that do not say what was put into them; a record that is gone is one of them. */
export async function notOpening(
  db: Db,
  ring: KeyRing,
  accounts: readonly SealedAccount[],
): Promise<string[]> {
  const rows = new Map((await allSealed(db)).map((row) => [row.sourceId, row]))
  const failing: string[] = []
  for (const { sourceId, credentials } of accounts) {
    const row = rows.get(sourceId)
    const opened = row && (await openCredentials(ring, row).catch((error: Error) => error.message))
    if (JSON.stringify(opened) !== JSON.stringify(credentials)) failing.push(`${sourceId}: ${opened}`)
  }
  return failing
}
