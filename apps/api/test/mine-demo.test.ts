// The demo user's own sources: there when a demo begins, and not again once they were removed.
import { DEMO_USER } from '@onetape/db'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, type MineServer, mineServer } from './mine-server.ts'

let server: MineServer
let demo: Client

beforeAll(async () => {
  server = await mineServer()
  demo = await server.user(DEMO_USER.id)
}, 120_000)
afterAll(() => server?.[Symbol.asyncDispose]())

it('begins with two simulated sources, asked what they can do', async () => {
  const { api } = await server.another()
  await Promise.all([server.api.seedDemo(DEMO_USER.id), api.seedDemo(DEMO_USER.id)])
  const sources = await demo.mine.sources.query()
  expect(sources.map(({ name, state }) => [name, state]).sort()).toEqual([
    ['alpaca:2', 'connected'],
    ['polygon:2', 'connected'],
  ])
  await expect
    .poll(async () => (await demo.mine.sources.query()).map((s) => s.findings?.ok), { timeout: 45_000 })
    .toEqual([true, true])
}, 60_000)

it('what was removed stays removed over a start', async () => {
  for (const { id } of await demo.mine.sources.query()) await demo.mine.remove.mutate({ id })
  await server.api.seedDemo(DEMO_USER.id)
  expect(await demo.mine.sources.query()).toEqual([])
})
