import type { AssetClass, Bar, Clock } from '@onetape/market'
import { type ErrorKind, type IDataProvider, ProviderError } from '@onetape/providers'
import { describe, expect, it } from 'vitest'
import { ChunkFailure, openBarDesk } from './fetch-chunk.ts'

type Answer = ErrorKind | number
const ref = { assetClass: 'equity', symbol: 'AAPL' } as const
const range = { timeframe: '1d', from: 0, to: 10 } as const
const houseOrder = { equity: ['a', 'b'] } as unknown as Record<AssetClass, readonly string[]>

/** A provider that gives its answers in turn, the last one for ever: a number of rows, or an error. */
function provider(name: string, answers: Answer[], asked: string[]): IDataProvider {
  return {
    getName: () => name,
    getCapabilities: () => ({ byAssetClass: { equity: { bars: ['1d'] } } }) as never,
    getBars: async () => {
      asked.push(name)
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!
      if (typeof answer === 'string')
        throw new ProviderError(answer, `${name} ${answer}`, { provider: name, retryAfterMs: 60 })
      return {
        rows: Array.from({ length: answer }, () => ({}) as Bar),
        dropped: [],
        missing: [],
        fetchedAt: 0,
        calls: 1,
      }
    },
  } as unknown as IDataProvider
}

function desk(a: Answer[], b: Answer[]) {
  const asked: string[] = []
  const wallClock: Clock = { now: () => performance.now() * 1000 }
  const sources = new Map(
    Object.entries({ a, b }).map(([n, answers]) => [n, { provider: provider(n, answers, asked) }]),
  )
  const { fetch } = openBarDesk({ sources, houseOrder, wallClock })
  return { asked, fetch: (signal = AbortSignal.timeout(5000)) => fetch(ref, range, signal) }
}

describe('the bar desk', () => {
  it('asks in house order and falls back, from an error and from an empty answer', async () => {
    const first = desk([3], [5])
    expect(await first.fetch()).toMatchObject({ source: 'a' })
    expect(first.asked).toEqual(['a'])
    expect(await desk(['unavailable'], [5]).fetch()).toMatchObject({ source: 'b' })
    expect(await desk([0], [5]).fetch()).toMatchObject({ source: 'b' })
    expect((await desk([0], ['not_found']).fetch()).fetched.rows).toEqual([])
  })

  it('asks a source that refuses us once in a run', async () => {
    const d = desk(['not_entitled'], [5])
    await d.fetch()
    await d.fetch()
    expect(d.asked).toEqual(['a', 'b', 'b'])
  })

  it('lets a source rest that limits us, and waits when there is no other', async () => {
    const other = desk(['rate_limited', 1], [5])
    await other.fetch()
    await other.fetch()
    expect(other.asked).toEqual(['a', 'b', 'b'])
    const alone = desk(['rate_limited', 1], ['not_found'])
    expect(await alone.fetch()).toMatchObject({ source: 'a' })
    expect(alone.asked).toEqual(['a', 'b', 'a'])
  })

  it('says why nobody answers, and whether to try again', async () => {
    const later = await desk(['unavailable'], ['not_found'])
      .fetch()
      .catch((e) => e)
    expect(later).toBeInstanceOf(ChunkFailure)
    expect(later).toMatchObject({ message: 'a unavailable; b not_found', retry: true })
    expect(
      await desk(['not_found'], ['not_found'])
        .fetch()
        .catch((e) => e),
    ).toMatchObject({ retry: false })
  })

  it('stops waiting when it is told to', async () => {
    await expect(desk(['rate_limited'], ['rate_limited']).fetch(AbortSignal.timeout(20))).rejects.toThrow()
  })
})
