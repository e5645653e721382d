import type { SymbolRef } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { FrameQueue } from '../http/frame-queue.ts'
import { sessionsByGroup } from './by-group.ts'
import type { OpenSession, SessionEvent, Subscriptions } from './contract.ts'
import { quoteOf, refOf } from './testing-events.ts'
import { createWanted } from './wanted.ts'

const BTC = refOf('BTC-USD', 'crypto')
const AAPL = refOf('AAPL')

/** Lines that a test speaks into; each tells what it was asked for and whether it was let go. */
function lines() {
  const queues = new Map<string, FrameQueue<SessionEvent>>()
  const seen = new Map<string, Subscriptions>()
  const gone: string[] = []
  const open = (group: string): OpenSession =>
    async function* ({ subscriptions, signal }) {
      seen.set(group, subscriptions)
      const queue = queueOf(group)
      signal.addEventListener('abort', () => queue.end())
      try {
        yield* queue.read(() => {})
      } finally {
        gone.push(group)
      }
    }
  const queueOf = (group: string) => {
    const queue =
      queues.get(group) ?? new FrameQueue<SessionEvent>({ waitingMax: 100, pause() {}, resume() {} })
    queues.set(group, queue)
    return queue
  }
  return { open, queueOf, seen, gone }
}

const groupOf = (ref: SymbolRef) => ref.assetClass

describe('sessionsByGroup', () => {
  it('is subscribed once every line is, with what each refused, and gives the events of all', async () => {
    const { open, queueOf, seen, gone } = lines()
    const subscriptions = createWanted([AAPL, BTC])
    const session = sessionsByGroup({ groupOf, open })({
      subscriptions,
      signal: new AbortController().signal,
    })
    const refused = [{ ref: BTC, reason: 'unknown' }]
    queueOf('equity').push({ type: 'subscribed' })
    queueOf('equity').push({ type: 'quote', quote: quoteOf('AAPL', 1) })
    expect((await session.next()).value).toMatchObject({ type: 'quote' })
    expect(seen.get('crypto')!.current()).toEqual([BTC])
    queueOf('crypto').push({ type: 'subscribed', refused })
    expect((await session.next()).value).toEqual({ type: 'subscribed', refused })
    await session.return()
    expect(gone.sort()).toEqual(['crypto', 'equity'])
  })

  it('opens a line when its first symbol comes, and tells a line of its own changes only', async () => {
    const { open, queueOf, seen } = lines()
    const subscriptions = createWanted([AAPL])
    const session = sessionsByGroup({ groupOf, open })({
      subscriptions,
      signal: new AbortController().signal,
    })
    queueOf('equity').push({ type: 'subscribed' })
    await session.next()
    const heard: unknown[] = []
    seen.get('equity')!.onChange((change) => heard.push(change))
    expect(subscriptions.set([AAPL, BTC])!.isHeard).toBe(true)
    queueOf('crypto').push({ type: 'alive' })
    expect((await session.next()).value).toEqual({ type: 'alive' })
    subscriptions.set([BTC])
    expect(heard).toEqual([{ added: [], removed: [AAPL] }])
    await session.return()
  })

  it('one line that ends or fails takes the others with it', async () => {
    for (const how of ['end', 'fail'] as const) {
      const { open, queueOf, gone } = lines()
      const session = sessionsByGroup({ groupOf, open })({
        subscriptions: createWanted([AAPL, BTC]),
        signal: new AbortController().signal,
      })
      if (how === 'end') queueOf('crypto').end()
      else queueOf('crypto').fail(new Error('broke'))
      if (how === 'end') expect((await session.next()).done).toBe(true)
      else await expect(session.next()).rejects.toThrow('broke')
      expect(gone.sort()).toEqual(['crypto', 'equity'])
    }
  })
})
