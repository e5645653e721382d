// The dashboard's address over restarts, and two launchers in one folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimInstance } from './instance.ts'
import { choosePorts } from './ports.ts'

let stateDir: string
let strangers: Server[] = []

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'onetape-address-'))
})
afterEach(() => {
  for (const server of strangers) server.close()
  strangers = []
  rmSync(stateDir, { recursive: true, force: true })
})

const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server))
    strangers.push(server)
  })

describe('choosePorts', () => {
  const choose = (port: number | null = null, o: { host?: string; patienceMs?: number } = {}) =>
    choosePorts({ stateDir, mode: 'demo', host: '127.0.0.1', port, ...o })

  it('gives the same ports again', async () => {
    const first = await choose()
    expect(await choose()).toEqual(first)
  })

  it('gives the remembered port back after one start on another', async () => {
    const first = await choose()
    const other = await choose(first.simulator - 1)
    expect(other.web).toBe(first.simulator - 1)
    expect((await choose()).web).toBe(first.web)
  })

  it('says which port is taken, whether it was given or remembered', async () => {
    const { web } = await choose()
    await listenOn(web)
    await expect(choose(web, { patienceMs: 0 })).rejects.toThrow(`Port ${web} is taken by another program`)
    await expect(choose(null, { patienceMs: 0 })).rejects.toThrow(/where OneTape was last time, is taken/)
  })

  it('waits for what a killed launcher left on the port', async () => {
    const { web } = await choose()
    const remains = await listenOn(web)
    const again = choose()
    remains.close()
    expect((await again).web).toBe(web)
  })

  it('says so when the host is not of this machine', async () => {
    await expect(choose(4000, { host: '203.0.113.1' })).rejects.toThrow(/is no address of this machine/)
  })
})

describe('claimInstance', () => {
  it('lets one in, and tells the other where the first one is', async () => {
    const first = await claimInstance(stateDir, 'demo')
    first.announce('http://127.0.0.1:4680')
    await expect(claimInstance(stateDir, 'demo')).rejects.toThrow(
      'OneTape DEMO is already running at http://127.0.0.1:4680',
    )
    const live = await claimInstance(stateDir, 'live')
    live.end()
    first.end()
    const next = await claimInstance(stateDir, 'demo')
    next.end()
  })

  it('waits for one that is ending', async () => {
    const first = await claimInstance(stateDir, 'demo')
    first.announceEnd()
    const next = claimInstance(stateDir, 'demo')
    first.end()
    ;(await next).end()
  })
})
