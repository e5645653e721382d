// The one way to what belongs to users. Whose rows a transaction sees is set inside it and ends with it; Postgres holds
// every query against it (row-level security), and a connection on which nobody is set sees nobody's rows.
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { escapeLiteral, type PoolClient } from 'pg'
import type { Db } from './connect.ts'

/** What reads and writes of a user's rows take, so that none can be called without saying whose. */
export interface UserTx {
  readonly userId: string
  readonly client: PoolClient
  readonly drizzle: NodePgDatabase
}

/** The row is no longer what the writer saw: somebody changed or removed it. Nothing of this transaction is written. */
export class EditConflict extends Error {
  constructor(what: string) {
    super(`${what} was changed meanwhile. Look at it again, then make the change once more.`)
    this.name = 'EditConflict'
  }
}

/** Runs `work` in one transaction as this user; any error undoes all of it. */
export async function asUser<T>(db: Db, userId: string, work: (tx: UserTx) => Promise<T>): Promise<T> {
  if (userId === '' || userId.includes('\0')) throw new RangeError('A user is named by an id.')
  const client = await db.pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin; select set_config('onetape.user_id', ${escapeLiteral(userId)}, true)`)
    const result = await work({ userId, client, drizzle: drizzle({ client }) })
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Until the transaction ends, nobody else changes which sources this user has. For changes that look before they write:
 * which names are taken, which connection is the primary one.
 */
export async function lockUser({ client, userId }: UserTx): Promise<void> {
  await client.query('select from users where id = $1 for no key update', [userId])
}

/** Payload: `{"userId", "what"}`. */
export const USER_CHANNEL = 'onetape_user'
export type UserChange = 'sources' | 'orders' | 'pins' | 'outages' | 'watchlists' | 'account'

/** Heard by the other tabs and processes when the transaction is committed, and not otherwise. */
export async function notifyUser({ client, userId }: UserTx, what: UserChange): Promise<void> {
  await client.query('select pg_notify($1, $2)', [USER_CHANNEL, JSON.stringify({ userId, what })])
}
