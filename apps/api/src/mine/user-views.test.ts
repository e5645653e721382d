import type { UserSource } from '@onetape/db'
import type { IDataProvider, RoutedSource } from '@onetape/providers'
import { expect, it, vi } from 'vitest'
import type { OwnSource } from './own-source.ts'
import { type StoredWorld, UserViews, type UserViewsDeps } from './user-views.ts'

const record = (id: string, label = id): UserSource => ({
  ...{ id, sourceId: `s-${id}`, name: id, provider: 'polygon', label, isPrimary: false, tier: 'free' },
  ...{ state: 'connected', hint: null, keyId: null, sealed: null, expiresAt: null, capabilities: null },
  ...{ probedAt: null, version: 1, createdAt: 0, updatedAt: 0 },
})
const house = (name: string): RoutedSource => ({
  ...{ name, provider: {} as IDataProvider, providerName: name, tier: 'free', owner: 'house' },
  ...{ state: 'connected', message: null, credentialId: `${name}:house` },
})
const world = (o: Partial<StoredWorld> = {}): StoredWorld => ({
  ...{ sources: [], orders: [], pins: [], outages: [] },
  ...o,
})

/** Opens whatever is stored; what was closed is told. */
function setUp(o: Partial<UserViewsDeps> = {}) {
  const closed: string[] = []
  let now = 1_000_000
  const open: UserViewsDeps['open'] = async ({ userId, record, before }) => {
    const provider =
      before?.routed.provider ?? ({ close: async () => void closed.push(`${userId}/${record.id}`) } as never)
    const routed = { ...house(record.name), provider, owner: 'user' as const, label: record.label }
    return { record, routed, unreadable: false, mark: '' } satisfies OwnSource
  }
  const views = new UserViews({
    house: [house('polygon'), house('yahoo')],
    read: async () => world(),
    open,
    wallClock: { now: () => now },
    onDue: () => {},
    onProblem: () => {},
    ...o,
  })
  const pass = (us: number) => {
    now += us
  }
  return { views, closed, pass }
}

it('an own source stands before the house and in place of the one that has its name', async () => {
  const { views } = setUp({ read: async () => world({ sources: [record('polygon'), record('alpaca')] }) })
  const { sources } = await views.of('ann')
  expect(sources.map(({ name, owner }) => [name, owner])).toEqual([
    ['polygon', 'user'],
    ['alpaca', 'user'],
    ['yahoo', 'house'],
  ])
})

it('asks once for many questions at one time, then answers from memory until dropped', async () => {
  const read = vi.fn(async () => world())
  const { views } = setUp({ read })
  await Promise.all([views.of('ann'), views.of('ann'), views.of('ann')])
  expect(views.of('ann')).not.toBeInstanceOf(Promise)
  expect(read).toHaveBeenCalledTimes(1)
  views.drop('ann')
  await views.of('ann')
  expect(read).toHaveBeenCalledTimes(2)
})

it('what was read before a change is not kept', async () => {
  const first = Promise.withResolvers<StoredWorld>()
  const answers = [first.promise, Promise.resolve(world({ sources: [record('new')] }))]
  const { views } = setUp({ read: () => answers.shift()! })
  const asked = views.of('ann')
  views.drop('ann')
  first.resolve(world({ sources: [record('old')] }))
  expect((await asked).own.map((o) => o.record.id)).toEqual(['new'])
})

it('a user who waits keeps nobody else waiting', async () => {
  const never = new Promise<StoredWorld>(() => {})
  const { views } = setUp({ read: async (userId) => (userId === 'slow' ? await never : world()) })
  void views.of('slow')
  expect((await views.of('ann')).sources).toHaveLength(2)
})

it('a provider goes on over a change of something else, and is closed when its source is gone', async () => {
  let stored = world({ sources: [record('a', 'one'), record('b')] })
  const { views, closed } = setUp({ read: async () => stored })
  const before = await views.of('ann')
  stored = world({ sources: [record('a', 'two')] })
  views.drop('ann')
  const after = await views.of('ann')
  expect(after.sources[0]!.provider).toBe(before.sources[0]!.provider)
  expect(after.sources[0]!.label).toBe('two')
  await expect.poll(() => closed).toEqual(['ann/b'])
  expect([views.owns('ann', 'b'), views.owns('ann', 'yahoo'), views.owns('nobody', 'b')]).toEqual([
    true,
    false,
    true,
  ])
})

it('keeps the users who asked last, and closes what the others had open', async () => {
  const { views, closed } = setUp({ usersMax: 2, read: async () => world({ sources: [record('a')] }) })
  for (const userId of ['ann', 'bob', 'ann', 'cid']) await views.of(userId)
  await expect.poll(() => closed).toEqual(['bob/a'])
  expect(views.size).toBe(2)
  await views[Symbol.asyncDispose]()
  expect(closed.sort()).toEqual(['ann/a', 'bob/a', 'cid/a'])
})

it('while nothing can be read the last view serves; a user who was never read hears why', async () => {
  let down = false
  const problems: unknown[] = []
  const { views, pass } = setUp({
    onProblem: (error) => void problems.push(error),
    read: async () => {
      if (down) throw new Error('away')
      return world()
    },
  })
  const before = await views.of('ann')
  down = true
  views.drop('ann')
  expect(await views.of('ann')).toBe(before)
  expect(views.of('ann')).toBe(before) // no question a time while it is away
  expect(problems).toHaveLength(1)
  await expect(views.of('bob')).rejects.toThrow('away')
  down = false
  pass(2_000_000)
  expect(await views.of('ann')).not.toBe(before)
})

it('an outage switches a source off until its time comes, which is told', async () => {
  const { promise: due, resolve } = Promise.withResolvers<string>()
  const outage = { source: 'polygon', until: 1_030_000 }
  const { views, pass } = setUp({ read: async () => world({ outages: [outage] }), onDue: resolve })
  const { sources } = await views.of('ann')
  expect(sources.map(({ name, state }) => [name, state])).toEqual([
    ['polygon', 'paused'],
    ['yahoo', 'connected'],
  ])
  expect(await due).toBe('ann')
  pass(30_000)
  expect((await views.of('ann')).sources[0]).toMatchObject({ state: 'connected', message: null })
})
