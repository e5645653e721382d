// A small file that nobody but its owner may read: checked when read, made once, replaced in one step that survives a
// power cut, changed by one process at a time.
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type HeldLock, tryLock } from './lock.ts'
import { EmbeddedProblem } from './problem.ts'

const OTHERS = 0o077
const LOCK_WAIT_MS = 15_000
const LOCK_POLL_MS = 25

/** Null when there is none. @throws EmbeddedProblem when it may not be read, or when others may. */
export function readSecret(path: string): string | null {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw problem(path, 'read', error)
  }
  try {
    const { mode } = fstatSync(file)
    // Windows has no such modes: every file there says that others may read it.
    if (process.platform !== 'win32' && mode & OTHERS)
      throw new EmbeddedProblem(
        `The file ${path} is open to other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')}): run chmod 600 on it, and replace what it holds if others may have read it.`,
      )
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw problem(path, 'read', error)
  } finally {
    closeSync(file)
  }
}

/** Whoever comes first makes it, whole; false for everybody else. */
export function makeSecret(path: string, text: string): boolean {
  const draft = draftOf(path)
  try {
    writeDraft(draft, text)
    linkSync(draft, path)
    syncFolder(path)
    return true
  } catch (error) {
    // Swept away meanwhile by somebody who found the file made.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    throw problem(path, 'made', error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Under its lock alone. The owner stays who it was, so that root can do it for the user whom OneTape runs as. */
export function replaceSecret(path: string, text: string): void {
  try {
    const real = realpathSync(path)
    sweepDrafts(real)
    const draft = draftOf(real)
    try {
      writeDraft(draft, text)
      const { uid, gid } = statSync(real)
      if (process.getuid?.() === 0) chownSync(draft, uid, gid)
      renameSync(draft, real)
      syncFolder(real)
    } finally {
      rmSync(draft, { force: true })
    }
  } catch (error) {
    throw problem(path, 'written', error)
  }
}

/** One process at a time, freed by the kernel when it ends in any way. */
export async function withLock<T>(path: string, work: () => T): Promise<T> {
  const lock = await lockOf(path)
  try {
    return work()
  } finally {
    lock.release()
  }
}

async function lockOf(path: string): Promise<HeldLock> {
  const until = performance.now() + LOCK_WAIT_MS
  for (;;) {
    let lock: HeldLock | null
    try {
      lock = tryLock(`${path}.lock`)
    } catch (error) {
      throw new EmbeddedProblem(
        `The folder of ${path} cannot be written: give it to the user who runs OneTape.`,
        { cause: error },
      )
    }
    if (lock) return lock
    if (performance.now() > until)
      throw new EmbeddedProblem(`Another process is changing the file ${path}: wait for it, or stop it.`)
    await delay(LOCK_POLL_MS)
  }
}

const DRAFT = '.draft-'
const draftOf = (path: string): string => `${path}${DRAFT}${process.pid}-${randomBytes(4).toString('hex')}`

/** What a killed process left behind may hold keys that were dropped since. */
function sweepDrafts(path: string): void {
  const folder = dirname(path)
  for (const name of readdirSync(folder))
    if (name.startsWith(`${basename(path)}${DRAFT}`)) rmSync(join(folder, name), { force: true })
}

function writeDraft(draft: string, text: string): void {
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** So that the name, too, survives a power cut. Windows cannot open a folder, and does not need to. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code

const ADVICE: Record<string, string> = {
  EACCES: 'give it to the user who runs OneTape',
  EPERM: 'give it to the user who runs OneTape',
  EROFS: 'its disk is read-only; name a file elsewhere in the settings',
  ENOSPC: 'its disk is full; free some space',
  EDQUOT: 'it is over its quota; free some space',
  ENOENT: 'its folder does not exist; make it, or correct the settings',
  ENOTDIR: 'a file is in the way; remove it, or correct the settings',
  EISDIR: 'it is a folder; correct the settings',
}

function problem(path: string, verb: 'read' | 'made' | 'written', error: unknown): unknown {
  const advice = ADVICE[codeOf(error) ?? '']
  if (!advice) return error
  return new EmbeddedProblem(`The file ${path} cannot be ${verb}: ${advice}.`, { cause: error })
}
