// Records that do not open: whose they are and why, and never a word of what is in them.
import { asUser, CustodyProblem, connect, readSealedOwner, type SealedOwner } from '@onetape/db'

export interface UnreadableRecord {
  userId: string
  sourceId: string
  keyId: string
  /** Null when it was removed meanwhile. */
  owner: SealedOwner | null
  kind: CustodyProblem['kind']
  why: string
}

export interface Failure {
  userId: string
  keyId: string
  problem: CustodyProblem
}

/** What custody cannot open; anything else that goes wrong is thrown. */
export async function openedOr<T>(work: () => Promise<T>, onFailure: (problem: CustodyProblem) => void) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof CustodyProblem)) throw error
    onFailure(error)
    return null
  }
}

/** The daemon's role sees what is sealed and no more of a source. Its name is asked for as its user, one by one. */
export async function tellUnreadable(
  url: string,
  failures: ReadonlyMap<string, Failure>,
): Promise<UnreadableRecord[]> {
  if (failures.size === 0) return []
  const db = connect({ url, applicationName: 'onetape keys', poolMax: 1, role: 'onetape_api' })
  try {
    const told: UnreadableRecord[] = []
    for (const [sourceId, { userId, keyId, problem }] of failures) {
      const owner = await asUser(db, userId, (tx) => readSealedOwner(tx, sourceId))
      told.push({ userId, sourceId, keyId, owner, kind: problem.kind, why: problem.message })
    }
    return told
  } finally {
    await db.end()
  }
}
