// Which user runs Postgres: it refuses to run as root.
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { EmbeddedProblem } from './problem.ts'

/** `uid` and `gid` for spawn; empty for an ordinary user, whose processes run as himself. */
export type Account = { uid: number; gid: number } | Record<string, never>

/** As root: the owner of the data that is there already, else the machine's `postgres`, else `nobody`. */
export function accountFor(existingData: string | null): Account {
  if (process.getuid?.() !== 0) return {}
  if (existingData) {
    const { uid, gid } = statSync(existingData)
    if (uid !== 0) return { uid, gid }
  }
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const uid = idOf(name, '-u')
    const gid = idOf(name, '-g')
    if (uid && gid) return { uid, gid }
  }
  throw new EmbeddedProblem(
    'PostgreSQL does not run as root and this machine has no user "postgres" or "nobody": start OneTape as an ordinary user, or set DATABASE_URL.',
  )
}

function idOf(name: string, flag: '-u' | '-g'): number | null {
  try {
    const text = execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number(text)
  } catch {
    return null
  }
}

/** Whether that user can write in the folder: the kernel is asked, for modes alone do not tell. */
export function canWrite(account: Account, dir: string): boolean {
  return canDo(account, 'cd "$1" && test -w .', dir)
}

export function canEnter(account: Account, dir: string): boolean {
  return canDo(account, 'cd "$1"', dir)
}

function canDo(account: Account, test: string, dir: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', test, 'sh', dir], { ...account, cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
