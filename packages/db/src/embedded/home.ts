// Where the data and the programs live: in the state dir, or, when root keeps the state dir in a place that
// the user of Postgres cannot enter (a clone inside root's home), in a folder of its own outside.
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Account, accountFor, canEnter } from './account.ts'
import { canRun, copyNative, nativeFolder } from './binaries.ts'
import { EmbeddedProblem } from './problem.ts'
import { readIfThere, type StateFiles, writeWhole } from './state-dir.ts'

export interface Home {
  account: Account
  native: string
  /** Holds `data`; only moves when the whole folder is moved by hand. */
  dir: string
  data: string
  password: string
}

export async function findHome(files: StateFiles): Promise<Home> {
  const remembered = readIfThere(files.homePointer)?.trim() || null
  if (remembered && !existsSync(remembered))
    throw new EmbeddedProblem(
      `The database folder ${remembered} is gone: bring it back, or delete ${files.homePointer} to begin anew.`,
    )
  const known = join(remembered ?? files.stateDir, 'pg')
  const account = accountFor(existsSync(known) ? known : null)
  const dir = remembered ?? (letIn(account, files.stateDir) ? files.stateDir : makeOutside(files))
  const native = await runnableNative({ account, dir })
  return { account, native, dir, data: join(dir, 'pg'), password: join(dir, 'pg-password') }
}

/** A state dir of root's own, as mkdtemp makes it, is opened for passing through; the folders above it are not ours. */
function letIn(account: Account, stateDir: string): boolean {
  if (canEnter(account, stateDir)) return true
  if (!canEnter(account, dirname(stateDir))) return false
  chmodSync(stateDir, statSync(stateDir).mode | 0o011)
  return canEnter(account, stateDir)
}

async function runnableNative(at: { account: Account; dir: string }): Promise<string> {
  const installed = nativeFolder()
  if (await canRun(installed, at.account)) return installed
  // The version of the package is in its path, and so in the name of the copy.
  const version = createHash('sha256').update(installed).digest('hex').slice(0, 12)
  const copy = join(at.dir, `postgres-${version}`)
  if (!existsSync(copy)) await copyNative(installed, copy)
  if (await canRun(copy, at.account)) return copy
  throw new EmbeddedProblem(
    `PostgreSQL cannot be run from ${copy}: start OneTape from a folder that other users may enter, or set DATABASE_URL.`,
  )
}

function makeOutside(files: StateFiles): string {
  const name = `onetape-${createHash('sha256').update(files.stateDir).digest('hex').slice(0, 12)}`
  for (const parent of ['/var/lib', '/var/tmp', '/opt']) {
    const former = existsSync(parent)
      ? readdirSync(parent).filter((entry) => entry.startsWith(`${name}-`))
      : []
    if (former.length)
      console.error(`Data of an earlier copy of this folder is still in ${parent}: ${former.join(', ')}`)
    // A name nobody can guess: a folder put there beforehand by another user is never taken.
    const dir = join(parent, `${name}-${randomBytes(4).toString('hex')}`)
    try {
      mkdirSync(dir)
      chmodSync(dir, 0o711)
    } catch {
      continue
    }
    writeWhole(
      join(dir, 'README'),
      `Database of OneTape in ${files.stateDir}. Delete it once that folder is gone.\n`,
    )
    writeWhole(files.homePointer, `${dir}\n`)
    return dir
  }
  throw new EmbeddedProblem(
    `No folder outside ${files.stateDir} could be made for the database: set ONETAPE_STATE_DIR to a folder that other users may enter.`,
  )
}

/** `initialised` once initdb finished (the folder got its name then); a folder of another shape is left alone. */
export function dataState(data: string): 'absent' | 'initialised' {
  if (!existsSync(data)) return 'absent'
  if (
    !lstatSync(data).isDirectory() ||
    !existsSync(join(data, 'PG_VERSION')) ||
    !existsSync(join(data, 'global'))
  )
    throw new EmbeddedProblem(
      `${data} holds no complete database (${basename(data)}/PG_VERSION or global is missing): restore it from a backup, or move it away to begin anew.`,
    )
  return 'initialised'
}
