// The recipe of docs/add-a-provider.md, followed: a copy of packages/providers gets one folder and one line, nothing else.
import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const LINE = "export { tiny } from './tiny/index.ts'\n"

let copy = ''
const inCopy = (...path: string[]) => join(copy, 'packages/providers', ...path)

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'onetape-eighth-'))
  const own = join(root, 'packages/providers')
  await mkdir(inCopy(), { recursive: true })
  await cp(join(own, 'src'), inCopy('src'), { recursive: true })
  for (const file of ['package.json', 'tsconfig.json']) await cp(join(own, file), inCopy(file))
  await cp(join(root, 'tsconfig.base.json'), join(copy, 'tsconfig.base.json'))
  await writeFile(join(copy, 'package.json'), '{ "type": "module" }')
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  await symlink(join(own, 'node_modules'), inCopy('node_modules'))

  await cp(join(root, 'bench/eighth-vendor/tiny'), inCopy('src/tiny'), { recursive: true })
  await appendFile(inCopy('src/vendors.ts'), LINE)
})

afterAll(() => rm(copy, { recursive: true, force: true }))

it('touches one new folder and one line', async () => {
  const { stdout } = await run('git', [
    'diff',
    '--no-index',
    '--numstat',
    join(root, 'packages/providers/src'),
    inCopy('src'),
  ]).catch((differing: { stdout: string }) => differing)
  const changes = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([added, removed, path = '']) => ({ added, removed, path: path.replace(/.*\bsrc[/}]*/, '') }))
  const outside = changes.filter(({ path }) => !path.startsWith('tiny/'))
  expect(outside).toEqual([{ added: '1', removed: '0', path: 'vendors.ts' }])
  expect(changes.length).toBeGreaterThan(5)
})

it('fits the types and the rules that every vendor folder is held to', async () => {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', inCopy()])
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const files = ['src/registry.test.ts', 'src/tiny']
  const { stdout } = await run(process.execPath, [vitest, 'run', '--root', inCopy(), ...files])
  expect(stdout).toMatch(/2 passed/)
})

it('is routed, metered and explained', async () => {
  const seen: { path: string; key: string }[] = []
  const vendor = createServer((req, res) => {
    seen.push({ path: req.url ?? '', key: String(req.headers['x-api-key']) })
    const body = { prices: [{ s: 'AAPL', p: 250.25, t: Date.now() - 1_000 }] }
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
  try {
    const host = `127.0.0.1:${(vendor.address() as AddressInfo).port}`
    const drive = join(import.meta.dirname, 'eighth-vendor/drive.ts')
    const { stdout } = await run(process.execPath, [drive, inCopy('src/index.ts'), `http://${host}`])
    const told = JSON.parse(stdout)

    expect(told.names).toContain('tiny')
    expect(told.names).toHaveLength(8)
    expect(told.settings).toEqual(['TINY_API_KEY', 'TINY_BASE_URL'])
    expect(told.decision).toMatchObject({ serves: 'tiny', order: 'house' })
    expect(told.decision.sources).toHaveLength(8)
    expect(told.takenByExplain).toBe(0)

    expect(told.quote).toMatchObject({ symbol: 'AAPL', last: 250.25, feed: 'tiny' })
    expect(told.receipt).toMatchObject({ source: 'tiny', feed: 'tiny', freshness: 'live', currency: 'USD' })
    const asked = told.attempts.filter((a: { outcome: string }) => a.outcome !== 'skipped')
    expect(asked).toMatchObject([
      { source: 'tiny', outcome: 'served', calls: [{ what: `${host}/prices`, status: 200 }] },
    ])
    expect(told.taken).toEqual([{ credentialId: 'tiny:house', scope: 'rest', priority: 'user' }])
    expect(told.health).toMatchObject([{ source: 'tiny', state: 'closed' }])
    expect(seen).toEqual([{ path: '/prices?symbols=AAPL', key: 'secret-key' }])
    expect(stdout).not.toContain('secret-key')
  } finally {
    vendor.closeAllConnections()
    vendor.close()
  }
})
