// Makes the data folder once. It is built beside and gets its name last, in one step: `pg` either is not
// there or is complete, however this was interrupted.
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Home } from './home.ts'
import { problemFromFileError, problemFromServerLog } from './problem.ts'
import type { ServerOptions } from './settings.ts'
import { readIfThere, type StateFiles, writeWhole } from './state-dir.ts'

export const SUPERUSER = 'onetape'
const run = promisify(execFile)

export async function initialise(
  files: StateFiles,
  at: { home: Home; options: ServerOptions },
): Promise<void> {
  const { home, options } = at
  removeHalfMade(home.dir)
  const password = newPassword(home)
  const draft = join(home.dir, `${HALF_MADE}${process.pid}`)
  const passwordDraft = `${draft}-password`
  try {
    mkdirSync(draft, { mode: 0o700 })
    writeWhole(passwordDraft, password)
    for (const path of [draft, passwordDraft])
      if (home.account.uid !== undefined) chownSync(path, home.account.uid, home.account.gid)
    await runInitdb({ home, draft, passwordDraft, options })
    rmSync(passwordDraft)
    renameSync(draft, home.data)
  } catch (error) {
    removeHalfMade(home.dir)
    const said = (error as { stderr?: string }).stderr
    throw said ? problemFromServerLog(said, files.guardianLog) : problemFromFileError(error, home.dir)
  }
}

const HALF_MADE = 'pg.half-made-'

/** Best effort: an initdb whose guardian was killed may still write there; the next start tidies again. */
function removeHalfMade(dir: string): void {
  for (const entry of readdirSync(dir)) {
    if (!entry.startsWith(HALF_MADE)) continue
    try {
      rmSync(join(dir, entry), { recursive: true, force: true })
    } catch (error) {
      console.error(String(error))
    }
  }
}

async function runInitdb(o: { home: Home; draft: string; passwordDraft: string; options: ServerOptions }) {
  const args = ['-D', o.draft, '-U', SUPERUSER, `--pwfile=${o.passwordDraft}`, '--auth=scram-sha-256']
  args.push('--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8')
  if (!o.options.fsync) args.push('--no-sync')
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC' }
    await run(join(o.home.native, 'bin', 'initdb'), args, { ...o.home.account, cwd: '/', env })
  } catch (error) {
    console.error(String((error as { stderr?: string }).stderr || error))
    throw error
  }
}

/** The password of the data that is there; when its file was lost, a new one is set without a server. */
export async function passwordOf(home: Home): Promise<string> {
  const kept = readIfThere(home.password)?.trim()
  if (kept) return kept
  const password = newPassword(home)
  await runSingleUser(home, `ALTER ROLE ${SUPERUSER} PASSWORD '${password}'`)
  return password
}

function newPassword(home: Home): string {
  const password = randomBytes(24).toString('hex')
  writeWhole(home.password, `${password}\n`)
  return password
}

function runSingleUser(home: Home, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(home.native, 'bin', 'postgres'), ['--single', '-D', home.data, 'postgres'], {
      ...home.account,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`postgres --single ended with ${code}`)),
    )
    child.stdin.end(`${sql}\n`)
  })
}
