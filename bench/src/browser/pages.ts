// Both pages as they are shipped: built by vite in production mode into a folder that goes away afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface BuiltPages extends AsyncDisposable {
  dashboard: string
  control: string
}

const web = fileURLToPath(new URL('../../../apps/web', import.meta.url))
const control = fileURLToPath(new URL('./control', import.meta.url))

export async function buildPages(): Promise<BuiltPages> {
  const home = await mkdtemp(join(tmpdir(), 'onetape-browser-'))
  const pages = { dashboard: join(home, 'dashboard'), control: join(home, 'control') }
  const quiet = { logLevel: 'error', mode: 'production' } as const
  await build({ ...quiet, root: web, build: { outDir: pages.dashboard, emptyOutDir: true } })
  const { default: react } = await import('@vitejs/plugin-react')
  await build({
    ...quiet,
    root: control,
    configFile: false,
    plugins: [react()],
    build: { outDir: pages.control, emptyOutDir: true, target: 'es2022' },
  })
  return { ...pages, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) }
}
