// Brings node_modules level with the lockfile. When it already is (a stamp says so) nothing is run at all.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a person can put right; the message is one clear line. */
export class Unable extends Error {}

const STILL_AT_IT_MS = 20_000
const LOCK_POLL_MS = 500

export async function install(root) {
  const modules = join(root, 'node_modules')
  const stamp = join(modules, '.onetape-installed')
  if (isCurrent(root, stamp)) return
  try {
    accessSync(root, constants.W_OK)
    mkdirSync(modules, { recursive: true })
    accessSync(modules, constants.W_OK)
  } catch {
    throw new Unable(
      `OneTape has to be installed, and ${root} cannot be written by this user: change its owner or mode, or copy it to another folder.`,
    )
  }
  const unlock = await lock(join(modules, '.onetape-installing'))
  try {
    if (isCurrent(root, stamp)) return
    const { ok, output } = await runPnpm(root)
    if (!ok) throw new Unable(explain(output))
    if (!existsSync(join(modules, '.bin', 'node')))
      throw new Unable(
        `OneTape's own Node was not installed for ${process.platform}-${process.arch}: delete node_modules and try again.`,
      )
    writeFileSync(stamp, fingerprint(root))
  } finally {
    unlock()
  }
}

function isCurrent(root, stamp) {
  const bin = join(root, 'node_modules', '.bin')
  if (!existsSync(stamp) || !existsSync(join(bin, 'node')) || !existsSync(join(bin, 'pnpm'))) return false
  return readFileSync(stamp, 'utf8') === fingerprint(root)
}

function fingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(root, file)))
  return `${hash.digest('hex')}\n`
}

async function runPnpm(root) {
  const bin = join(root, 'node_modules', '.bin')
  const args = ['install', '--frozen-lockfile', '--prefer-offline']
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.pnpm
  const own = existsSync(join(bin, 'pnpm')) && existsSync(join(bin, 'node'))
  const [command, ...rest] = own ? [join(bin, 'pnpm'), ...args] : ['npx', '--yes', `pnpm@${version}`, ...args]
  console.log(own ? 'Installing what has changed ...' : 'Installing OneTape, which happens once ...')
  const timer = setInterval(() => console.log('Still installing ...'), STILL_AT_IT_MS)
  try {
    return await collect(command, rest, root)
  } finally {
    clearInterval(timer)
  }
}

/** Its output is kept quiet and shown when it failed. */
function collect(command, args, root) {
  // Test tools and compilers are needed whatever the surroundings call themselves.
  const { NODE_ENV: _, ...env } = process.env
  env.PATH = join(root, 'node_modules', '.bin') + delimiter + (env.PATH ?? '')
  // Without a network the answer shall come in seconds.
  for (const prefix of ['npm', 'pnpm']) {
    env[`${prefix}_config_fetch_retry_mintimeout`] = '1000'
    env[`${prefix}_config_fetch_retry_maxtimeout`] = '5000'
  }
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
      })
    const stop = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop)
    const done = (ok) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop)
      resolve({ ok, output })
    }
    child.on('error', (error) => {
      output += error.code === 'ENOENT' ? `${command}: command not found` : error.message
      done(false)
    })
    child.on('close', (code, signal) => {
      if (signal) process.exit(130)
      done(code === 0)
    })
  })
}

export function explain(output) {
  for (const [pattern, message] of CAUSES) if (pattern.test(output)) return message
  const last = output.trimEnd().split('\n').slice(-15).join('\n')
  return `${last}\nOneTape could not be installed; the lines above say why. Put it right and run the same command again.`
}

const CAUSES = [
  [
    /npx: command not found/,
    'OneTape could not be installed because npm is missing: install npm (it comes with Node) and try again.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|EHOSTUNREACH|META_FETCH_FAIL|dns error|error sending request|failed to lookup/i,
    'OneTape could not be installed because the package registry cannot be reached: check the network or the proxy and try again.',
  ],
  [
    /ENOSPC|No space left/i,
    'OneTape could not be installed because the disk is full: free about 1.5 GB and try again.',
  ],
  [
    /EROFS|Read-only file system/i,
    'OneTape could not be installed because the disk is read-only: copy the folder elsewhere and try again.',
  ],
  [
    /OUTDATED_LOCKFILE/,
    'OneTape could not be installed because pnpm-lock.yaml does not fit package.json: run node_modules/.bin/pnpm install and try again.',
  ],
]

/** One installation at a time; a lock left by a process that is no more is taken over. */
async function lock(path) {
  for (let told = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = Number(read(path))
    if (!isAlive(holder)) rmSync(path, { force: true })
    else if (!told) {
      console.log(`Waiting for another installation (process ${holder}) ...`)
      told = true
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS))
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
