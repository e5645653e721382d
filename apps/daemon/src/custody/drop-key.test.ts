// A key file serves demo and live of one embedded server: what one of them still needs is not dropped for the other.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyFile } from '@onetape/db/embedded'
import { type TestDatabase, testDatabase } from '@onetape/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addSealed, addUser, notOpening } from '../../test/custody-scene.ts'
import { dropKey } from './drop-key.ts'
import { rotateKeys } from './rotate-keys.ts'

let demo: TestDatabase
let live: TestDatabase
let folder: string
beforeAll(async () => {
  demo = await testDatabase()
  live = await testDatabase({ mode: 'live' })
  folder = mkdtempSync(join(tmpdir(), 'onetape-drop-'))
}, 120_000)
afterAll(async () => {
  await Promise.all([demo.drop(), live.drop()])
  rmSync(folder, { recursive: true, force: true })
})

it('a key that the other database needs stays, and both rotate by themselves', async () => {
  const longAgo = () => new Date('2026-01-02T03:04:05Z')
  const ring = openKeyFile(join(folder, 'keys.json'), { now: longAgo })
  const signal = new AbortController().signal
  const tapeOf = (t: TestDatabase, environmentId: string) => ({
    tape: { db: t.as('onetape_daemon'), url: t.url, environmentId },
    ...{ ring, signal },
  })
  for (const t of [demo, live]) await addUser(t.db, 'ann')
  const account = { userId: 'ann', name: 'polygon' }
  const [inDemo, inLive] = [await addSealed(demo.db, ring, account), await addSealed(live.db, ring, account)]
  const old = (await ring.current()).id
  const gone = new URL(live.url)
  gone.pathname = '/onetape_was_never_there'

  expect(await rotateKeys(tapeOf(demo, 'demo'))).toMatchObject({ goesOn: false, moved: 1, unreadable: [] })
  const drop = (besides: string[]) => dropKey(old, { ...tapeOf(demo, 'demo'), besides })
  await expect(drop([live.url])).rejects.toThrow(`1 record is sealed with the key ${old}`)
  expect(await rotateKeys(tapeOf(live, 'live'))).toMatchObject({ goesOn: false, moved: 1 })
  await drop([live.url, gone.href])
  expect(await ring.ids()).toHaveLength(2)
  expect(await notOpening(demo.db, ring, [inDemo])).toEqual([])
  expect(await notOpening(live.db, ring, [inLive])).toEqual([])
})
