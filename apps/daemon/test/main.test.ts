// The daemon's process: one clear line when it cannot start, ready when it is up, gone when its launcher is.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { readHeartbeats, readInstruments } from '@onetape/db'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterEach, describe, expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, '../src/main.ts')
const NOWHERE = 'http://127.0.0.1:9'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

function daemonProcess(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  undo.push(() => child.kill('SIGKILL'))
  return child
}

async function ending(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  const said = text(child.stderr!)
  const [code] = await once(child, 'exit')
  return { code, said: await said }
}

async function liveDaemon(): Promise<{ child: ChildProcess; base: TestDatabase }> {
  const base = await testDatabase({ mode: 'live' })
  undo.push(() => base.drop())
  const child = daemonProcess({
    ONETAPE_MODE: 'live',
    DATABASE_URL: base.url,
    POLYGON_API_KEY: 'sesame-0815',
    POLYGON_BASE_URL: NOWHERE,
    YAHOO_BASE_URL: NOWHERE,
    YAHOO_CONSENT_URL: NOWHERE,
    COINBASE_BASE_URL: NOWHERE,
  })
  return { child, base }
}

describe('a daemon that cannot start says why in one line', () => {
  it.each([
    ['a wrong setting', { ONETAPE_MODE: 'prod' }, /ONETAPE_MODE/],
    [
      'no server',
      { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:9/tape' },
      /No PostgreSQL answers at 127\.0\.0\.1:9/,
    ],
  ])('%s', async (_, env: Record<string, string>, why) => {
    const { code, said } = await ending(daemonProcess(env))
    expect(code).toBe(1)
    expect(said.trim().split('\n')).toHaveLength(1)
    expect(said).toMatch(why)
    expect(said).not.toContain('hunter2')
  })

  it('a live database opened in demo', async () => {
    const base = await testDatabase({ mode: 'live' })
    undo.push(() => base.drop())
    const { code, said } = await ending(daemonProcess({ ONETAPE_MODE: 'demo', DATABASE_URL: base.url }))
    expect(code).toBe(1)
    expect(said.trim().split('\n')).toHaveLength(1)
    expect(said).toMatch(/live/)
  })
})

describe('a daemon without network', () => {
  it('is up, tells which vendors it cannot reach without its key, and stops when asked', async () => {
    const { child, base } = await liveDaemon()
    const end = ending(child)
    const [message] = await once(child, 'message')
    expect(message).toMatchObject({ type: 'ready' })
    expect((await readInstruments(base.db)).length).toBeGreaterThan(100)
    const sources = async () => {
      const detail = (await readHeartbeats(base.db))[0]?.detail as
        | { sources: { status: string }[] }
        | undefined
      return detail?.sources.map((s) => s.status)
    }
    await expect.poll(sources, { timeout: 30_000 }).toContain('unreachable')
    child.send({ type: 'shutdown' })
    const { code, said } = await end
    expect(code).toBe(0)
    expect(said).toContain('unreachable')
    expect(said).not.toContain('sesame-0815')
  })

  it('ends when its launcher is gone', async () => {
    const { child } = await liveDaemon()
    const end = ending(child)
    await once(child, 'message')
    child.disconnect()
    expect((await end).code).toBe(0)
  })
})
