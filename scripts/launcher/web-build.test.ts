import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildWeb, sourcesHash } from './web-build.ts'

const root = mkdtempSync(join(tmpdir(), 'onetape-web-build-'))
const logFile = join(root, 'build.log')
const turbo = join(root, 'node_modules', '.bin', 'turbo')

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { mode })
}

const build = async (): Promise<boolean> => {
  const { signal } = new AbortController()
  const { built } = await buildWeb(root, { logFile, onBuild: () => {}, signal })
  return built
}

describe('the dashboard', () => {
  beforeAll(() => {
    put('apps/web/src/main.tsx', 'one')
    put('apps/web/index.html', '<html>')
    put('packages/market/src/quote.ts', 'one')
    // Stands for turbo: makes what a build makes.
    put(
      'node_modules/.bin/turbo',
      `#!/bin/sh\nmkdir -p "${root}/apps/web/dist" && echo built > "${root}/apps/web/dist/index.html"\n`,
      0o755,
    )
  })
  afterAll(() => rmSync(root, { recursive: true }))

  it('is built once, and again when a source changed, here or in what it imports', async () => {
    expect(await build()).toBe(true)
    expect(await build()).toBe(false)
    put('apps/web/src/main.tsx', 'two')
    expect(await build()).toBe(true)
    put('packages/market/src/quote.ts', 'two')
    expect(await build()).toBe(true)
    expect(await build()).toBe(false)
  })

  it('is not built again for a test', () => {
    const before = sourcesHash(root)
    put('apps/web/src/main.test.tsx', 'test')
    expect(sourcesHash(root)).toBe(before)
  })

  it('that does not build shows the last lines and where the rest is', async () => {
    put('apps/web/src/main.tsx', 'three')
    writeFileSync(turbo, '#!/bin/sh\necho "main.tsx: unexpected token"\nexit 1\n')
    await expect(build()).rejects.toThrow(/unexpected token\nThe dashboard could not be built; .*build\.log$/)
  })
})
