// One holder per file, freed by the kernel when its process ends in any way, kill -9 included. A pid in a
// file cannot promise that (pids are used again); Node has no flock, but SQLite's locks are the kernel's.
import { DatabaseSync } from 'node:sqlite'

export interface HeldLock {
  release(): void
}

export function tryLock(path: string): HeldLock | null {
  const file = new DatabaseSync(path)
  try {
    file.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null
    throw error
  }
  return { release: () => file.close() }
}

const SQLITE_BUSY = 5
