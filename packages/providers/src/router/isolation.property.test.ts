// Two users with sources of the same names and credentials of their own, asking the same things at the same time: what
// the credentials of one bought never reaches the other, neither from the cache nor from a shared flight.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHealthBoard } from './health-board.ts'
import type { Attempt } from './receipt.ts'
import { createRouter } from './router.ts'
import { equity, memoryHealth, NOW } from './testing-router.ts'
import { type Behaviour, type ScriptedSource, scriptedSource } from './testing-source.ts'
import { virtualTime } from './testing-time.ts'

const USERS = ['ann', 'bob'] as const
const OWN = ['alpaca', 'polygon', 'alpaca:2'] as const
const HOUSE = ['polygon', 'yahoo'] as const
const SYMBOLS = ['AAPL', 'MSFT'] as const

const behaviour = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Behaviour>('answer') },
  fc.constantFrom<Behaviour[]>(
    'empty',
    'hang',
    { error: 'unavailable' },
    { error: 'not_entitled' },
    { only: ['AAPL'] },
  ),
)
const question = fc.record({
  user: fc.constantFrom<('ann' | 'bob' | null)[]>('ann', 'bob', null),
  need: fc.constantFrom('quotes', 'snapshots', 'bars'),
  symbols: fc.subarray([...SYMBOLS], { minLength: 1 }),
})
const world = fc.record({
  own: fc.record({ ann: fc.subarray([...OWN]), bob: fc.subarray([...OWN]) }),
  orders: fc.record({ ann: orderOf(), bob: orderOf() }),
  pins: fc.record({ ann: fc.option(fc.constantFrom(...OWN)), bob: fc.option(fc.constantFrom(...OWN)) }),
  script: fc.array(behaviour, { maxLength: 8 }),
  // Each inner list is asked at one moment.
  rounds: fc.array(
    fc.record({ asked: fc.array(question, { minLength: 1, maxLength: 5 }), passMs: fc.nat(2_500) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
})

function orderOf() {
  return fc.option(
    fc.shuffledSubarray([...OWN, 'yahoo'], { minLength: 1 }).map(([primary, ...fallbacks]) => ({
      primary: primary!,
      fallbacks,
    })),
  )
}

type World = typeof world extends fc.Arbitrary<infer W> ? W : never

function stageOf({ own, orders, pins, script }: World) {
  const time = virtualTime(NOW)
  const make = (names: readonly string[], owner: 'house' | 'user', mark: string) =>
    names.map((name) => scriptedSource(name, { time, owner, mark }))
  const scripted: Record<string, ScriptedSource[]> = {
    house: make(HOUSE, 'house', 'house'),
    ann: make(own.ann, 'user', 'ann'),
    bob: make(own.bob, 'user', 'bob'),
  }
  const all = Object.values(scripted).flat()
  for (const [i, how] of script.entries()) all[i % all.length]!.script.push(how)
  const forUser = (userId: string | null) => {
    const mine = userId === null ? [] : scripted[userId]!.map((s) => s.source)
    const house = scripted.house!.map((s) => s.source)
    return [...mine, ...house.filter(({ name }) => !mine.some((source) => source.name === name))]
  }
  const router = createRouter({
    sources: { forUser },
    preferences: {
      order: (userId) => (userId === null ? null : orders[userId as 'ann']),
      pin: (userId, _kind, { symbol }) =>
        userId !== null && symbol === 'MSFT' ? pins[userId as 'ann'] : null,
    },
    health: createHealthBoard({ port: memoryHealth(), wallClock: time.clock }),
    marketClock: time.clock,
    wallClock: time.clock,
    timers: time,
    deadlineMs: 4_000,
  })
  return { router, time, scripted }
}

/** Every feed that an answer shows, and every request that it tells of. */
interface Shown {
  feeds: string[]
  calls: string[]
}

const callsIn = (attempts: readonly Attempt[]) =>
  attempts.flatMap(({ calls }) => calls.map((call) => call.what))

async function ask(
  router: ReturnType<typeof stageOf>['router'],
  { user: userId, need, symbols }: World['rounds'][number]['asked'][number],
): Promise<Shown> {
  const refs = symbols.map(equity)
  if (need === 'bars') {
    const range = { from: Date.parse('2026-11-16') * 1000, to: Date.parse('2026-11-20') * 1000 }
    const { value, receipt } = await router.bars({ userId, ref: refs[0]!, timeframe: '1d', ...range })
    const feeds = (value ?? []).map((bar) => bar.feed)
    return { feeds: [...feeds, ...(receipt.feed ? [receipt.feed] : [])], calls: callsIn(receipt.attempts) }
  }
  if (need === 'quotes') {
    const { rows, attempts } = await router.quotes({ userId, refs })
    const feeds = rows.flatMap(({ value, receipt }) => [value?.feed, receipt.feed])
    const calls = [attempts, ...rows.map(({ receipt }) => receipt.attempts)].flatMap(callsIn)
    return { feeds: feeds.filter((feed) => feed != null), calls }
  }
  const { rows, attempts } = await router.snapshots({ userId, refs })
  const feeds = rows.flatMap(({ value, receipt }) => [value?.quote.feed, receipt.feed])
  return { feeds: feeds.filter((feed) => feed != null), calls: callsIn(attempts) }
}

it('nothing that was bought with the credentials of one user reaches another', async () => {
  let bought = 0
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const { router, time, scripted } = stageOf(w)
      const told: Record<string, Set<string>> = { ann: new Set(), bob: new Set(), nobody: new Set() }
      for (const { asked, passMs } of w.rounds) {
        const shown = await Promise.all(asked.map(async (one) => ({ one, ...(await ask(router, one)) })))
        for (const { one, feeds, calls } of shown) {
          const mine = new RegExp(`^(house${one.user ? `|${one.user}` : ''})/`)
          for (const text of [...feeds, ...calls]) expect(text).toMatch(mine)
          for (const call of calls) told[one.user ?? 'nobody']!.add(call)
        }
        time.pass(passMs)
      }
      // Every request that a user's vendors saw was made for that user, and that user was told.
      for (const user of USERS) {
        const seen = scripted[user]!.flatMap((source) => source.asked.flatMap((call) => call.what))
        for (const call of seen) expect(told[user]).toContain(call)
        bought += seen.length
      }
    }),
    { numRuns: 200 },
  )
  expect(bought).toBeGreaterThan(200)
})
