// The word that session cookies are signed with: kept beside the key file with the same care, made on first start.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EmbeddedProblem } from './problem.ts'
import { makeSecret, readSecret } from './secret-file.ts'
import { prepareStateDir } from './state-dir.ts'

const BYTES = 32
const LENGTH_MIN = 32

/** @throws EmbeddedProblem with one clear line when the file is cut short, open to others, or cannot be made. */
export function openSessionSecret(path: string): string {
  const file = resolve(path)
  if (!existsSync(dirname(file))) prepareStateDir(dirname(file))
  // Several processes start at once: one of them makes it, all read that one.
  if (readSecret(file) === null) makeSecret(file, `${randomBytes(BYTES).toString('base64url')}\n`)
  const secret = readSecret(file)?.trim() ?? ''
  if (secret.length >= LENGTH_MIN) return secret
  throw new EmbeddedProblem(`The file ${file} is not whole: remove it, and everybody signs in anew.`)
}
