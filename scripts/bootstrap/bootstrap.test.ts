import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
// @ts-expect-error plain JavaScript for the machine's own Node
import { explain, install } from './install.mjs'

const root = join(import.meta.dirname, '..', '..')

const run = (command: string, args: string[], cwd = '/'): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const child = execFile(command, args, { cwd }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: `${stdout}${stderr}`.trim() })
    })
  })

describe('the guard over npm', () => {
  it.each([
    ['directly under npm', 'exec'],
    ['with a shell in between', ''],
  ])('ends when npm is killed with -9: %s', async (_, exec) => {
    const guarded = join(import.meta.dirname, 'fixtures', 'guarded.mjs')
    const line = `${exec} "${process.execPath}" "${guarded}"; true`
    const npm = `require('child_process').spawn('sh', ['-c', ${JSON.stringify(line)}], { stdio: 'inherit' })`
    const fake = spawn(process.execPath, ['-e', npm], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [pid] = (await once(createInterface({ input: fake.stdout }), 'line')) as [string]
    fake.kill('SIGKILL')
    const end = Date.now() + 10_000
    while (isThere(Number(pid))) {
      if (Date.now() > end) throw new Error('it lives on')
      await delay(50)
    }
  })

  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
})

describe('installing', () => {
  it.each([
    ['npm error code EAI_AGAIN', /registry cannot be reached/],
    ['ERR_PNPM_OUTDATED_LOCKFILE cannot install', /does not fit package\.json/],
    ['write: No space left on device', /disk is full/],
    ['npx: command not found', /npm is missing/],
  ])('says what to do about: %s', (output, line) => {
    expect(explain(output)).toMatch(line)
    expect(explain(output)).not.toContain('\n')
  })

  it('shows the last lines of what it does not understand', () => {
    expect(explain('one\ntwo')).toMatch(/^one\ntwo\nOneTape could not be installed/)
  })

  it('runs nothing at all when the stamp fits the lockfile', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetape-install-'))
    for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
      cpSync(join(root, file), join(dir, file))
    const bin = join(dir, 'node_modules', '.bin')
    mkdirSync(bin, { recursive: true })
    // A pnpm that would leave a trace if it were called.
    writeFileSync(join(bin, 'pnpm'), `#!/bin/sh\necho called >> "${dir}/trace"\n`, { mode: 0o755 })
    symlinkSync(process.execPath, join(bin, 'node'))
    await install(dir)
    await install(dir)
    writeFileSync(join(dir, 'pnpm-lock.yaml'), 'changed')
    await install(dir)
    const { output } = await run('cat', [join(dir, 'trace')])
    expect(output).toBe('called\ncalled')
    rmSync(dir, { recursive: true })
  })
})

describe('the command line', () => {
  it('says what to run first where nothing is installed, also through a link', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetape-bin-'))
    const bin = join(dir, 'apps', 'daemon', 'bin')
    cpSync(join(root, 'apps', 'daemon', 'bin'), bin, { recursive: true })
    symlinkSync(join(bin, 'onetape.mjs'), join(dir, 'onetape'))
    expect(await run(join(dir, 'onetape'), [])).toEqual({
      code: 1,
      output: `OneTape is not installed yet: run npm start in ${dir}/ first.`,
    })
    rmSync(dir, { recursive: true })
  })

  it('has one line for a target that is none', async () => {
    const { code, output } = await run(process.execPath, [join(root, 'scripts', 'bootstrap.mjs'), 'dance'])
    expect({ code, output }).toEqual({
      code: 1,
      output: 'Usage: node scripts/bootstrap.mjs start|test|onetape|install [arguments]',
    })
  })
})
