import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../testing.ts'
import { claimLeases } from './claim-leases.ts'
import { releaseLeases } from './release-leases.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

const claim = (holder: string, names: string[], ttlMs = 60_000) => claimLeases(t.db, { names, holder, ttlMs })

test('of many processes one gets each lease, keeps it by renewing, and gives it back', async () => {
  const names = ['stream:polygon', 'stream:oanda', 'actions']
  const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(`daemon ${i}`, names)))
  expect(claims.flat().sort()).toEqual([...names].sort())
  const winner = `daemon ${claims.findIndex((held) => held.includes('actions'))}`
  expect(await claim(winner, ['actions', 'actions'])).toEqual(['actions'])
  expect(await claim('another', ['actions', 'minutes'])).toEqual(['minutes'])
  await releaseLeases(t.db, { holder: 'another', names: ['actions'] })
  expect(await claim('another', ['actions'])).toEqual([])
  await releaseLeases(t.db, { holder: winner, names: ['actions'] })
  expect(await claim('another', ['actions'])).toEqual(['actions'])
  await releaseLeases(t.db, { holder: 'another' })
  expect(await claim('a third', ['actions', 'minutes'])).toEqual(['actions', 'minutes'])
})

test('a lease that its holder let run out is anybody’s', async () => {
  expect(await claim('dead', ['probe'], 150)).toEqual(['probe'])
  expect(await claim('heir', ['probe'])).toEqual([])
  await expect.poll(() => claim('heir', ['probe']), { timeout: 5_000 }).toEqual(['probe'])
  expect(await claim('dead', ['probe'])).toEqual([])
  expect(await claim('dead', [])).toEqual([])
})
