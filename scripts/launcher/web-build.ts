// The dashboard is built once and again whenever what it is built from has changed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LaunchProblem } from './problem.ts'

export interface WebBuild {
  dist: string
  built: boolean
}

const SOURCES = [
  'apps/web/{src,public}/**/*',
  'apps/web/*.{ts,html,json}',
  'packages/market/{src/**/*.ts,package.json}',
  'pnpm-lock.yaml',
]

/** @param onBuild called before a build, which takes some seconds. */
export async function buildWeb(
  root: string,
  o: { logFile: string; onBuild: () => void; signal: AbortSignal },
): Promise<WebBuild> {
  const dist = join(root, 'apps', 'web', 'dist')
  const stamp = join(dist, '.sources')
  const sources = sourcesHash(root)
  if (existsSync(join(dist, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources)
    return { dist, built: false }
  o.onBuild()
  const { ok, output } = await runBuild(root, o.signal)
  writeFileSync(o.logFile, output)
  if (!ok || !existsSync(join(dist, 'index.html'))) {
    const tail = output.trimEnd().split('\n').slice(-12).join('\n')
    throw new LaunchProblem(`${tail}\nThe dashboard could not be built; the whole output is in ${o.logFile}`)
  }
  writeFileSync(stamp, sources)
  return { dist, built: true }
}

export function sourcesHash(root: string): string {
  const hash = createHash('sha256')
  for (const path of globSync(SOURCES, { cwd: root }).sort()) {
    if (/\.test\.tsx?$|routeTree\.gen\.ts$/.test(path) || !statSync(join(root, path)).isFile()) continue
    hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

function runBuild(root: string, signal: AbortSignal): Promise<{ ok: boolean; output: string }> {
  const turbo = join(root, 'node_modules', '.bin', 'turbo')
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(turbo, ['run', 'build', '--filter=@onetape/web'], {
      cwd: root,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
      })
    child.once('error', (error) => resolve({ ok: false, output: `${output}${error.message}` }))
    child.once('close', (code) => resolve({ ok: code === 0, output }))
  })
}
