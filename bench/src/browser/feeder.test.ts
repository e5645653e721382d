import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { QuoteDelta } from '@onetape/api/router'
import { microsFromIso } from '@onetape/market'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFeeder } from './feeder.ts'
import { movingMarket } from './market.ts'

const now = microsFromIso('2026-11-20T11:00:00-05:00')!
const clock = { now: () => now }
let dist: string

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'onetape-feeder-'))
  await writeFile(join(dist, 'index.html'), '<title>built</title>')
})
afterAll(() => rm(dist, { recursive: true }))

interface Event {
  name: string
  id: string | null
  data: string
}

async function* events(url: string, signal: AbortSignal): AsyncGenerator<Event> {
  const answer = await fetch(url, { signal })
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2).trimStart()
      const field = (name: string) => lines.find((l) => l.startsWith(`${name}: `))?.slice(name.length + 2)
      yield { name: field('event') ?? 'message', id: field('id') ?? null, data: field('data') ?? '' }
    }
  }
}

describe('the feeder', () => {
  it('says everything first, then what changed, with ids that increase', async () => {
    await using feeder = await startFeeder({ market: movingMarket({ size: 50, now }), dist, clock })
    const over = new AbortController()
    const stream = events(`${feeder.url}/trpc/quotes.live`, over.signal)
    const next = async () => (await stream.next()).value as Event
    expect((await next()).name).toBe('connected')
    const full = await next()
    expect(JSON.parse(full.data)).toMatchObject({ full: true, rows: { length: 50 } })
    const stop = feeder.feed({ rows: 7, everyMs: 5 })
    const first = await next()
    const second = await next()
    expect(stop()).toBeGreaterThanOrEqual(14)
    const rows = (event: Event) => (JSON.parse(event.data) as QuoteDelta).rows
    expect(new Set(rows(first).map((row) => row.key)).size).toBe(7)
    const ledgerId = (event: Event) => Number(event.id!.split('.')[1])
    expect(ledgerId(second)).toBeGreaterThan(ledgerId(first))
    expect(rows(second).every((row) => row.batchId === ledgerId(second))).toBe(true)
    over.abort()
  })

  it('serves the built page under every address of the app', async () => {
    await using feeder = await startFeeder({ market: movingMarket({ size: 1, now }), dist, clock })
    expect(await (await fetch(`${feeder.url}/i/equity:US:A`)).text()).toContain('built')
    expect((await fetch(`${feeder.url}/assets/none.js`)).status).toBe(404)
  })
})

describe('the moving market', () => {
  it('makes the same changes from the same seed', () => {
    const one = movingMarket({ size: 200, now, seed: 4 })
    const other = movingMarket({ size: 200, now, seed: 4 })
    for (let i = 0; i < 5; i++) expect(one.move(20, now + i)).toEqual(other.move(20, now + i))
    expect(one.rows).toEqual(other.rows)
    expect(new Set(one.rows.map((row) => row.key)).size).toBe(200)
  })
})
