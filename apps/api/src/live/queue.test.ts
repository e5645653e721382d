import { describe, expect, it } from 'vitest'
import { DeltaQueue } from './queue.ts'

const row = (instrumentId: number, last: number) => ({ instrumentId, last })
const alive = () => new AbortController().signal

describe('DeltaQueue', () => {
  it('hands over what waits, once', async () => {
    const queue = new DeltaQueue<ReturnType<typeof row>>()
    queue.push([row(1, 10), row(2, 20)], 5, 0)
    expect(await queue.take(alive())).toEqual({ cursor: 5, rows: [row(1, 10), row(2, 20)] })
    expect(queue.size).toBe(0)
    expect(queue.unreadForMs(1_000_000)).toBe(0)
  })

  it('keeps the newest row per instrument while nobody reads, and so stays as small as the universe', async () => {
    const queue = new DeltaQueue<ReturnType<typeof row>>()
    for (let batch = 1; batch <= 1_000; batch++) queue.push([row(1, batch), row(2, -batch)], batch, batch)
    expect(queue.size).toBe(2)
    expect(queue.unreadForMs(1_001)).toBe(1_000)
    expect(await queue.take(alive())).toEqual({ cursor: 1_000, rows: [row(1, 1_000), row(2, -1_000)] })
  })

  it('wakes a reader that waits', async () => {
    const queue = new DeltaQueue<ReturnType<typeof row>>()
    const taken = queue.take(alive())
    queue.push([], 6, 0) // nothing of interest: the reader sleeps on
    queue.push([row(3, 30)], 7, 0)
    expect(await taken).toEqual({ cursor: 7, rows: [row(3, 30)] })
  })

  it('lets a reader go when its signal is aborted', async () => {
    const queue = new DeltaQueue<ReturnType<typeof row>>()
    const abort = new AbortController()
    const taken = queue.take(abort.signal)
    abort.abort()
    expect(await taken).toBeNull()
  })

  it('tells a reader, waiting or later, why it was closed, and holds nothing any more', async () => {
    const queue = new DeltaQueue<ReturnType<typeof row>>()
    const taken = queue.take(alive())
    queue.close(new Error('stopping'))
    await expect(taken).rejects.toThrow('stopping')
    queue.push([row(1, 1)], 1, 0)
    expect(queue.size).toBe(0)
    await expect(queue.take(alive())).rejects.toThrow('stopping')
  })
})
