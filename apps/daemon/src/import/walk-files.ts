// Which files an import reads, and in which order: names first (map files), then what happened to the shares, then
// prices from the longest bars to the shortest, so that each file finds its instruments.
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { type LeanFile, readLeanPath } from './lean-path.ts'

export interface FoundFile {
  path: string
  /** As the report names it: relative to the folder that was asked for. */
  name: string
  kind: { lean: LeanFile } | { csv: true } | { unknown: string } | { ignored: true }
}

const ORDER = ['map', 'factor', 'daily', 'hour', 'minute', 'second', 'tick']

/** @throws the file system's own error when the path is missing or may not be read. */
export async function walkFiles(root: string): Promise<FoundFile[]> {
  const top = resolve(root)
  if (!(await stat(top)).isDirectory())
    return [{ path: top, name: basename(top), kind: alone(kindOf(top), top) }]
  const entries = await readdir(top, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((e) => e.isFile() && !e.name.startsWith('.'))
    .map((e) => join(e.parentPath, e.name))
    .map((path): FoundFile => ({ path, name: relative(top, path), kind: kindOf(path) }))
  return files.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

function kindOf(path: string): FoundFile['kind'] {
  const lean = readLeanPath(path.split(sep).filter((s) => s !== ''))
  if (lean) return { lean }
  if (/\.(csv|tsv|txt)(\.gz)?$/i.test(path)) return { csv: true }
  if (path.endsWith('.zip')) {
    return {
      unknown:
        'not a zip of a LEAN folder: .../daily/SYMBOL.zip, .../hour/..., .../minute/SYMBOL/DATE_trade.zip',
    }
  }
  return { ignored: true }
}

/** A file that was named on the command line is never passed over: it is read as a CSV and judged by its contents. */
const alone = (kind: FoundFile['kind'], path: string): FoundFile['kind'] =>
  'ignored' in kind && !/\.(json|md|parquet)(\.gz)?$/i.test(path) ? { csv: true } : kind

function rank(file: FoundFile): number {
  if (!('lean' in file.kind)) return ORDER.length
  const { lean } = file.kind
  return ORDER.indexOf(lean.what === 'map' || lean.what === 'factor' ? lean.what : lean.resolution)
}
