// Records that do not open: whose they are and why, and never a word of what is in them.
import { CustodyProblem, type Db, readSealedOwners } from '@onetape/db'

export interface UnreadableRecord {
  user: { id: string; name: string; email: string } | null
  /** The source's name in the user's orders; null when it was removed meanwhile. */
  source: string | null
  sourceId: string
  keyId: string
  kind: CustodyProblem['kind']
  why: string
}

export interface Failure {
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

export async function tellUnreadable(
  db: Db,
  failures: ReadonlyMap<string, Failure>,
): Promise<UnreadableRecord[]> {
  const owners = new Map((await readSealedOwners(db, [...failures.keys()])).map((o) => [o.sourceId, o]))
  return [...failures].map(([sourceId, { keyId, problem }]) => {
    const owner = owners.get(sourceId)
    return {
      user: owner ? { id: owner.userId, name: owner.userName, email: owner.email } : null,
      source: owner?.source ?? null,
      sourceId,
      keyId,
      kind: problem.kind,
      why: problem.message,
    }
  })
}
