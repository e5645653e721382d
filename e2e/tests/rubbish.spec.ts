import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from '../fixtures.ts'
import { freshStateDir, root, runToEnd } from '../onetape.ts'

const cli = 'apps/daemon/src/cli.ts'
const start = 'scripts/start.ts'

/** One clear line for a person: not empty, no stack, no secret. */
function expectOneClearLine(err: string, pattern: RegExp) {
  expect(err).toMatch(pattern)
  expect(err).not.toMatch(/^\s+at .+\(.+:\d+:\d+\)/m)
  expect(err).not.toContain('s3cret')
}

test('wrong flags are refused with what to do', async () => {
  const stateDir = freshStateDir('flags')
  const launcher = await runToEnd([start, '--liev'], { stateDir })
  expect(launcher.code).toBe(2)
  expectOneClearLine(launcher.err + launcher.out, /--liev/)
  const port = await runToEnd([start, '--port', 'eighty'], { stateDir })
  expect(port.code).toBe(2)
  for (const args of [
    ['backfil'],
    ['backfill', '--days', 'many'],
    ['backfill', '--days', '-3'],
    ['import'],
    ['status', '--nope'],
  ]) {
    const answer = await runToEnd([cli, ...args], { stateDir })
    expect(answer.code, args.join(' ')).not.toBe(0)
    expectOneClearLine(answer.err, /\S/)
  }
})

test('a busy port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const answer = await runToEnd([start, '--port', String(port)], { stateDir: freshStateDir('busy') })
  server.close()
  expect(answer.code).toBe(1)
  expectOneClearLine(answer.err + answer.out, new RegExp(String(port)))
})

test('an unreachable DATABASE_URL gets one line without the password', async () => {
  const env = { DATABASE_URL: 'postgres://someone:s3cret@127.0.0.1:9/onetape' }
  for (const args of [[start], [cli, 'status']]) {
    const answer = await runToEnd(args, { stateDir: freshStateDir('unreachable'), env })
    expect(answer.code, args.join(' ')).not.toBe(0)
    expectOneClearLine(answer.err + answer.out, /127\.0\.0\.1/)
  }
})

test('a DATABASE_URL that is none gets one line', async () => {
  const env = { DATABASE_URL: 'mysql//what' }
  const answer = await runToEnd([start], { stateDir: freshStateDir('nourl'), env })
  expect(answer.code).not.toBe(0)
  expectOneClearLine(answer.err + answer.out, /DATABASE_URL/)
})

test('a state folder that cannot be written gets one line', async () => {
  const dir = freshStateDir('readonly')
  const blocked = join(dir, 'a-file')
  writeFileSync(blocked, 'not a folder')
  const answer = await runToEnd([start], { stateDir: join(blocked, 'state') })
  expect(answer.code).not.toBe(0)
  expectOneClearLine(answer.err + answer.out, /ONETAPE_STATE_DIR|state folder|writ/)
})

test('a CSV of nonsense is refused row by row and harms nothing', async () => {
  const stateDir = freshStateDir('nonsense')
  const dir = join(root, '.data', 'e2e-nonsense-files')
  mkdirSync(dir, { recursive: true })
  const junk = join(dir, 'JUNK-1d.csv')
  const rows = [
    'Date,Open,High,Low,Close,Volume',
    '2020-02-31,1,2,0.5,1,10',
    'yesterday,a,b,c,d,e',
    '2020-01-02,-5,-4,-6,-5,1',
    '2020-01-03,0,0,0,0,0',
    ',,,,,',
  ]
  for (let i = 0; i < 5_000; i++) rows.push(`☃${i},"${'x'.repeat(i % 50)}",NaN,Infinity,1e999,-0`)
  writeFileSync(junk, rows.join('\n'))
  const answer = await runToEnd([cli, 'import', junk, '--live', '--json'], { stateDir })
  expect(answer.code).not.toBe(0)
  const report = JSON.parse(answer.out) as {
    totals: { rows: number; inserted: number }
    files: { rejected: unknown[] }[]
  }
  expect(report.totals.inserted).toBe(0)
  expect(report.files[0]!.rejected.length).toBe(rows.length - 1)
  const binary = join(dir, 'noise.csv')
  writeFileSync(binary, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)))
  const noise = await runToEnd([cli, 'import', binary, '--live'], { stateDir })
  expect(noise.code).not.toBe(0)
  expectOneClearLine(noise.err, /\S/)
  const missing = await runToEnd([cli, 'import', join(dir, 'nowhere'), '--live'], { stateDir })
  expect(missing.code).not.toBe(0)
  expectOneClearLine(missing.err, /nowhere/)
})

test('a demo database refuses real prices and says how to go on', async () => {
  const stateDir = freshStateDir('modes')
  const dir = join(root, '.data', 'e2e-nonsense-files')
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'REAL-1d.csv')
  writeFileSync(file, 'Date,Open,High,Low,Close,Volume\n2020-01-02,10,11,9,10.5,1000\n')
  const demo = await runToEnd([cli, 'import', file], { stateDir })
  expect(demo.code).not.toBe(0)
  expectOneClearLine(demo.err, /--live/)
})
