// What a start finds after bad days: leftovers, strangers, damage, another user.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canEnter } from './account.ts'
import { ask, holdInProcess, processesNaming, temporaryStateDir, tidy, until } from './fixtures/scene.ts'
import { EmbeddedProblem, openEmbedded } from './index.ts'
import { readIfThere, stateFiles } from './state-dir.ts'

const isRoot = process.getuid?.() === 0
const nobody = isRoot
  ? { uid: Number(execFileSync('id', ['-u', 'nobody'])), gid: Number(execFileSync('id', ['-g', 'nobody'])) }
  : {}

describe('a start of the embedded server', { timeout: 60_000 }, () => {
  let stateDir: string
  const open = () => openEmbedded({ stateDir, fsync: false })

  beforeEach(() => {
    stateDir = temporaryStateDir()
  })
  afterEach(async () => tidy(stateDir), 60_000)

  it('begins again where making the database was cut short', async () => {
    mkdirSync(join(stateDir, 'pg.half-made-1', 'global'), { recursive: true })
    await using server = await open()
    expect(await ask(server.url('postgres'), 'select 1')).toEqual([[1]])
    expect(readdirSync(stateDir).filter((name) => name.includes('half-made'))).toEqual([])
  })

  it('never touches a data folder that it cannot read as one', async () => {
    mkdirSync(join(stateDir, 'pg'))
    writeFileSync(join(stateDir, 'pg', 'precious'), '1')
    await expect(open()).rejects.toThrow(/holds no complete database .* move it away to begin anew/)
    expect(existsSync(join(stateDir, 'pg', 'precious'))).toBe(true)
  })

  it('says in one line that the data is damaged', async () => {
    await (await open()).close()
    await tidyProcesses()
    truncateSync(join(stateDir, 'pg', 'global', 'pg_control'), 10)
    const problem = await open().then(
      () => null,
      (error: unknown) => error as Error,
    )
    expect(problem).toBeInstanceOf(EmbeddedProblem)
    expect(problem?.message).toMatch(/^The database folder is damaged: .* see .*postgres\.log\.$/)
  })

  it('takes no stranger with a remembered pid or address for its own', async () => {
    await (await open()).close()
    await tidyProcesses()
    writeFileSync(
      join(stateDir, 'pg', 'postmaster.pid'),
      `${process.pid}\n${join(stateDir, 'pg')}\n0\n1\n\n\n\nready\n`,
    )
    writeFileSync(stateFiles(stateDir).guardian, JSON.stringify({ pid: process.pid, port: 1, token: 'x' }))
    await using server = await open()
    expect(await ask(server.url('postgres'), 'select 1')).toEqual([[1]])
  })

  it('sets a new password when the file with the old one was lost', async () => {
    const before = await open()
    const old = before.url('postgres')
    await before.close()
    await tidyProcesses()
    rmSync(join(stateDir, 'pg-password'))
    await using server = await open()
    expect(server.url('postgres')).not.toBe(old)
    expect(await ask(server.url('postgres'), 'select 1')).toEqual([[1]])
  })

  it('moves to another port when a program sits on the old one', async () => {
    const stranger = createServer()
    const port = await new Promise<number>((resolve) => {
      stranger.listen(0, '127.0.0.1', () => resolve((stranger.address() as { port: number }).port))
    })
    writeFileSync(stateFiles(stateDir).port, `${port}\n`)
    await using server = await open()
    expect(server.port).not.toBe(port)
    expect(readIfThere(stateFiles(stateDir).port)).toBe(`${server.port}\n`)
    stranger.close()
  })

  it('says what to do about a file in the way', async () => {
    writeFileSync(join(stateDir, 'file'), '')
    await expect(openEmbedded({ stateDir: join(stateDir, 'file') })).rejects.toThrow(
      /because a file is in the way/,
    )
  })

  it.runIf(process.platform === 'linux')('says so where no folder can be made at all', async () => {
    await expect(openEmbedded({ stateDir: '/proc/nowhere/x' })).rejects.toThrow(/cannot be made there/)
  })

  it.runIf(isRoot)('as root, opens its own folder for passing through', async () => {
    chmodSync(stateDir, 0o700)
    await using server = await open()
    expect(await ask(server.url('postgres'), 'select 1')).toEqual([[1]])
    expect(existsSync(join(stateDir, 'pg', 'PG_VERSION'))).toBe(true)
    expect(statSync(stateDir).mode & 0o777).toBe(0o711)
  })

  it.runIf(isRoot)(
    'as root, keeps data outside a folder that the user of PostgreSQL cannot enter',
    async () => {
      const locked = stateDir
      chmodSync(locked, 0o700)
      stateDir = join(locked, 'inside')
      await using server = await open()
      expect(await ask(server.url('postgres'), 'select 1')).toEqual([[1]])
      const outside = readIfThere(stateFiles(stateDir).homePointer)?.trim() as string
      expect(existsSync(join(outside, 'pg', 'PG_VERSION'))).toBe(true)
      await server.close()
      await tidyProcesses()
      await using again = await open()
      expect(again.url('postgres')).toBe(server.url('postgres'))
    },
  )

  it.runIf(isRoot && canEnter(nobody as { uid: number; gid: number }, import.meta.dirname))(
    'works for an ordinary user, and tells him when the folder is not his',
    async () => {
      const refused = holdInProcess(stateDir, nobody)
      expect((await refused.answer).problem).toMatch(/may not be written by this user/)
      chownSync(stateDir, nobody.uid!, nobody.gid!)
      const client = holdInProcess(stateDir, nobody)
      expect(await ask((await client.answer).url!, 'select 1')).toEqual([[1]])
      client.letGo()
    },
  )

  const tidyProcesses = async (): Promise<void> => {
    await until('the server to be gone', () => processesNaming(stateDir).length === 0)
  }
})
