// What the house rules look at: the project's own files as git sees them, and what each of them imports.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Tracked and new, not ignored files, as paths from the root. */
export function projectFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return [...new Set(list.split('\0'))].filter((f) => f !== '' && existsSync(join(root, f)))
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export const isCode = (path: string): boolean => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith('.gen.ts')
export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) ||
  /^(apps|packages)\/[^/]+\/test\//.test(path) ||
  /\/testing[^/]*\.ts$/.test(path)

const IMPORT =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

export interface Import {
  specifier: string
  typeOnly: boolean
}

export function importsOf(source: string): Import[] {
  return [...source.matchAll(IMPORT)].map((m) => ({
    specifier: (m[3] ?? m[4])!,
    typeOnly: m[2] !== undefined,
  }))
}

/** `@scope/name/deep` and `name/deep` to the package's own name. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Code without comments and without the text of plain string literals, for rules about what is called. */
export const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/[^\n]*/g, '$1')
