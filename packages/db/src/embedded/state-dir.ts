// Files of the state dir: made with tight modes, replaced in one step so that no reader sees half a file.
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { problemFromFileError } from './problem.ts'

export interface StateFiles {
  stateDir: string
  /** SQLite file whose exclusive lock the one guardian holds for life. */
  lock: string
  /** Where the guardian listens, and the word that opens it. */
  guardian: string
  guardianLog: string
  /** Where the data lives when it cannot live here: see home.ts. */
  homePointer: string
  serverLog: string
  /** The port Postgres had last, so that its URL survives restarts. */
  port: string
}

export const stateFiles = (stateDir: string): StateFiles => ({
  stateDir,
  lock: join(stateDir, 'guardian.lock'),
  guardian: join(stateDir, 'guardian.json'),
  guardianLog: join(stateDir, 'guardian.log'),
  homePointer: join(stateDir, 'pg-home'),
  serverLog: join(stateDir, 'postgres.log'),
  port: join(stateDir, 'postgres.port'),
})

/** Makes the folder and proves that it can be written. */
export function prepareStateDir(stateDir: string): StateFiles {
  try {
    if (!existsSync(stateDir)) {
      makeFolder(stateDir)
      // Root hands the data inside to another user, who must be able to walk through.
      chmodSync(stateDir, process.getuid?.() === 0 ? 0o711 : 0o700)
    }
    const probe = join(stateDir, `.probe-${process.pid}-${randomBytes(4).toString('hex')}`)
    writeFileSync(probe, 'x')
    rmSync(probe)
    // One name for one folder, through whichever link it is reached.
    const files = stateFiles(realpathSync(stateDir))
    for (const path of Object.values(files)) if (existsSync(path)) accessSync(path, constants.W_OK)
    return files
  } catch (error) {
    throw problemFromFileError(error, stateDir)
  }
}

/** Node's own `recursive` never comes back where nothing can be made, as below /proc. */
function makeFolder(path: string): void {
  try {
    makeOne(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || existsSync(dirname(path))) throw error
    makeFolder(dirname(path))
    makeOne(path)
  }
}

/** Processes that start at the same instant make the same folder: it is there, whoever was first. */
function makeOne(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error
  }
}

export function writeWhole(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, text, { mode, flag: 'wx' })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
