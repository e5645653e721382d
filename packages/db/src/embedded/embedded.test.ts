import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ask,
  askOnceUp,
  guardianPid,
  holdInProcess,
  postmasterPid,
  processesNaming,
  temporaryStateDir,
  tidy,
  until,
} from './fixtures/scene.ts'
import { type Embedded, openEmbedded } from './index.ts'
import { isRunning } from './processes.ts'

const kill = (pid: number): true => process.kill(pid, 'SIGKILL')

describe('embedded PostgreSQL', { timeout: 60_000 }, () => {
  const stateDir = temporaryStateDir()
  const data = join(stateDir, 'pg')
  let server: Embedded

  beforeAll(async () => {
    server = await openEmbedded({ stateDir })
    await ask(server.url('postgres'), 'create table kept (n int)')
  }, 60_000)

  afterAll(async () => {
    await server.close()
    await tidy(stateDir)
  }, 60_000)

  const rowIsKept = async (n: number): Promise<void> => {
    expect(await askOnceUp(server.url('postgres'), `select n from kept where n = ${n}`)).toEqual([[n]])
  }

  it('is PostgreSQL 18 in UTF-8, on loopback alone, and durable', async () => {
    const settings = [
      'server_version_num',
      'server_encoding',
      'listen_addresses',
      'unix_socket_directories',
      'fsync',
    ]
    const [row] = await ask(
      server.url('postgres'),
      `select ${settings.map((s) => `current_setting('${s}')`)}`,
    )
    expect(row?.slice(1)).toEqual(['UTF8', '127.0.0.1', '', 'on'])
    expect(Number(row?.[0])).toBeGreaterThanOrEqual(180_000)
  })

  it('lets nobody in without the password', async () => {
    const url = new URL(server.url('postgres'))
    url.password = 'guess'
    await expect(ask(url.href, 'select 1')).rejects.toThrow(/password authentication failed/)
  })

  it('is one server for processes that open it at the same instant', async () => {
    const clients = [1, 2, 3].map(() => holdInProcess(stateDir))
    const answers = await Promise.all(clients.map((client) => client.answer))
    expect(answers.map((answer) => answer.port)).toEqual([server.port, server.port, server.port])
    for (const client of clients) client.letGo()
  })

  it('goes on under a new guardian when the guardian is killed', async () => {
    await ask(server.url('postgres'), 'insert into kept values (1)')
    const before = { guardian: guardianPid(stateDir)!, postmaster: postmasterPid(data) }
    kill(before.guardian)
    await until('another guardian', () => {
      const pid = guardianPid(stateDir)
      return pid !== before.guardian && pid !== null && isRunning(pid)
    })
    expect(postmasterPid(data)).toBe(before.postmaster)
    await rowIsKept(1)
  })

  it('comes back on the same port when PostgreSQL is killed', async () => {
    await ask(server.url('postgres'), 'insert into kept values (2)')
    const url = server.url('postgres')
    const before = postmasterPid(data)!
    kill(before)
    await rowIsKept(2)
    expect(postmasterPid(data)).not.toBe(before)
    expect(server.url('postgres')).toBe(url)
  })

  it('comes back on the same port when both are killed', async () => {
    await ask(server.url('postgres'), 'insert into kept values (3)')
    const url = server.url('postgres')
    kill(guardianPid(stateDir)!)
    kill(postmasterPid(data)!)
    await rowIsKept(3)
    expect(server.url('postgres')).toBe(url)
  })

  it('stops when the last client is killed, and starts again with the same URL', async () => {
    const url = server.url('postgres')
    const { child, answer } = holdInProcess(stateDir)
    await answer
    await server.close()
    expect(await ask(url, 'select 1')).toEqual([[1]])
    kill(child.pid!)
    await until('nothing left', () => processesNaming(stateDir).length === 0, 10_000)
    server = await openEmbedded({ stateDir })
    expect(server.url('postgres')).toBe(url)
    await rowIsKept(3)
  })
})
