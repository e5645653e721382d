import type { CorporateAction } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { ProviderError } from '../errors.ts'
import { explainReceipt } from './explain-receipt.ts'
import type { TapePort } from './ports.ts'
import { AAPL, equity, MSFT, NOW, routerStage, story } from './testing-router.ts'
import { BAR_DATES } from './testing-source.ts'

const HOUSE = { userId: null }
const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`) * 1000
const DAYS = {
  ref: AAPL,
  timeframe: '1d',
  from: midnight('2026-11-16'),
  to: midnight('2026-11-20'),
  ...HOUSE,
} as const

const tapeOf = (over: Partial<TapePort> = {}): TapePort => ({
  snapshots: async () => [],
  bars: async () => null,
  actions: async () => null,
  ...over,
})

describe('quotes', () => {
  it('come from the first source, with a receipt that names the rest', async () => {
    const { router, scripted } = routerStage({
      yahoo: {},
      polygon: { price: 250 },
      schwab: { state: 'expired' },
    })
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(rows[0]!.value!.last).toBe(250)
    expect(rows[0]!.receipt).toMatchObject({
      kind: 'quotes',
      source: 'polygon',
      feed: 'polygon-feed',
      delayedMinutes: 0,
      tsOrigin: 'vendor',
      ageMs: 1000,
      freshness: 'live',
      currency: 'USD',
      order: 'house',
      tookMs: 40,
    })
    expect(story(attempts)).toEqual(['polygon served', 'yahoo skipped not_needed', 'schwab skipped expired'])
    expect(attempts[0]!.calls.map((c) => c.what)).toEqual(scripted.polygon!.asked[0]!.what)
    expect(scripted.yahoo!.asked).toEqual([])
  })

  it('falls back for the missing symbols only, each row with the attempts that concern it', async () => {
    const refs = [AAPL, MSFT, equity('TSLA')]
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {}, yahoo: {} })
    scripted.polygon!.script.push({ only: ['AAPL'] })
    scripted.alpaca!.script.push({ only: ['MSFT'] })
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs })
    expect(scripted.alpaca!.asked[0]!.symbols).toEqual(['MSFT', 'TSLA'])
    expect(scripted.yahoo!.asked[0]!.symbols).toEqual(['TSLA'])
    expect(rows.map((r) => r.receipt.source)).toEqual(['polygon', 'alpaca', 'yahoo'])
    expect(rows.map((r) => r.value!.symbol)).toEqual(['AAPL', 'MSFT', 'TSLA'])
    expect(story(attempts)).toEqual(['polygon partial', 'alpaca partial', 'yahoo served'])
    expect(story(rows[0]!.receipt.attempts)).toEqual([
      'polygon partial',
      'alpaca skipped not_needed',
      'yahoo skipped not_needed',
    ])
    expect(rows[2]!.receipt.attempts).toEqual(attempts)
    expect(attempts[0]!.message).toBe('no price for MSFT, TSLA')
  })

  it('a call that came in pieces keeps what came', async () => {
    const { router, scripted, health } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push({ cut: ['MSFT'] })
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL, MSFT] })
    expect(rows.map((r) => r.receipt.source)).toEqual(['alpaca', 'polygon'])
    expect(story(attempts)).toEqual(['polygon partial unavailable', 'alpaca served'])
    expect(health.states().find((h) => h.source === 'polygon')!.failures).toBe(1)
  })

  it.each([
    ['wrong_symbol', 'polygon empty'],
    ['no_price', 'polygon empty'],
    ['empty', 'polygon empty'],
    ['defect', 'polygon failed malformed'],
    [{ error: 'not_found' }, 'polygon failed not_found'],
    [{ error: 'unauthorized' }, 'polygon failed unauthorized'],
    [{ error: 'unsupported' }, 'polygon failed unsupported'],
    ['budget', 'polygon skipped budget_gone'],
  ] as const)('%o goes on to the next source', async (behaviour, told) => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push(behaviour)
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(story(attempts)).toEqual([told, 'alpaca served'])
    expect(rows[0]!.receipt.source).toBe('alpaca')
  })

  it('our own mistake ends it: nobody else is asked, nor the tape', async () => {
    const tape = tapeOf({ snapshots: async () => Promise.reject(new Error('must not be read')) })
    const { router, scripted, defects } = routerStage({ polygon: {}, alpaca: {} }, { tape })
    scripted.polygon!.script.push({ error: 'invalid_request' })
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(story(attempts)).toEqual(['polygon failed invalid_request', 'alpaca skipped not_needed'])
    expect(rows[0]).toMatchObject({ value: null, receipt: { source: null, freshness: null } })
    expect([scripted.alpaca!.asked, defects]).toEqual([[], []])
  })

  it('an adapter’s defect is told to the log, not to the user', async () => {
    const { router, scripted, defects } = routerStage({ polygon: {} })
    scripted.polygon!.script.push('defect')
    const { attempts } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(attempts[0]!.message).toBe('the adapter of polygon failed on what it was sent')
    expect(defects).toEqual([expect.any(TypeError)])
  })

  it('asset classes go their own ways at one time', async () => {
    const btc = { assetClass: 'crypto', symbol: 'BTC-USD' } as const
    const { router } = routerStage({ polygon: {}, coinbase: { assetClasses: ['crypto'] } })
    const { rows } = await router.quotes({ ...HOUSE, refs: [btc, AAPL] })
    expect(rows.map((r) => [r.receipt.ref.symbol, r.receipt.source])).toEqual([
      ['BTC-USD', 'coinbase'],
      ['AAPL', 'polygon'],
    ])
    expect(story(rows[1]!.receipt.attempts)).toEqual(['polygon served', 'coinbase skipped no_capability'])
  })

  it('falls back to the tape, with its age and a stale mark', async () => {
    const quote = {
      ...AAPL,
      ts: NOW - 600_000_000,
      tsOrigin: 'vendor',
      last: 99,
      bid: null,
      ask: null,
      bidSize: null,
      askSize: null,
      volume: null,
      feed: 'sip',
      delayedMinutes: 0,
      currency: 'USD',
    } as const
    const snapshot = { quote, minuteBar: null, day: null, sessionDate: '2026-11-20', previousClose: 98 }
    const tape = tapeOf({
      snapshots: async () => [{ snapshot, source: 'polygon', fetchedAt: NOW - 599e6, stale: true }],
    })
    const { router, scripted } = routerStage({ polygon: {} }, { tape })
    scripted.polygon!.script.push({ error: 'unavailable' })
    const { rows, attempts } = await router.snapshots({ ...HOUSE, refs: [AAPL, MSFT] })
    expect(story(attempts)).toEqual(['polygon failed unavailable', 'tape partial'])
    expect(rows[0]!.value).toEqual(snapshot)
    expect(rows[0]!.receipt).toMatchObject({
      source: 'polygon',
      freshness: 'stale',
      feed: 'sip',
      ageMs: 600_040,
    })
    expect(rows[1]).toMatchObject({ value: null, receipt: { source: null } })
  })
})

describe('the deadline', () => {
  it('a source that hangs leaves room for the next', async () => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {}, yahoo: {} })
    scripted.polygon!.script.push('hang')
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL], deadlineMs: 6_000 })
    expect(story(attempts)).toEqual([
      'polygon failed unavailable',
      'alpaca served',
      'yahoo skipped not_needed',
    ])
    expect(attempts[0]).toMatchObject({ latencyMs: 2_000, message: 'polygon did not answer within 2000 ms' })
    expect(attempts[0]!.calls).toHaveLength(1)
    expect(rows[0]!.receipt.tookMs).toBe(2_040)
  })

  it('holds even where adapters do not listen', async () => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push('deaf')
    scripted.alpaca!.script.push('deaf')
    const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL], deadlineMs: 1_000 })
    expect(story(attempts)).toEqual(['polygon failed unavailable', 'alpaca failed unavailable'])
    expect(rows[0]!.receipt.tookMs).toBeLessThanOrEqual(1_100)
  })

  it('says of whom it had no time to ask', async () => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push({ slowMs: 90 })
    const { attempts } = await router.quotes({ ...HOUSE, refs: [AAPL], deadlineMs: 90 })
    expect(story(attempts)[1]).toBe('alpaca skipped deadline')
  })

  it('ends when the caller goes, and holds nothing against the source', async () => {
    const { router, scripted, health } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push('hang')
    const caller = new AbortController()
    scripted.polygon!.onAsked = () => caller.abort(new Error('closed the tab'))
    await expect(router.quotes({ ...HOUSE, refs: [AAPL], signal: caller.signal })).rejects.toThrow(
      'closed the tab',
    )
    expect(scripted.alpaca!.asked).toEqual([])
    expect(health.ready('polygon')).toEqual({ ready: true, probe: false })
  })
})

it('a tape that hangs does not hold the answer', async () => {
  const tape = tapeOf({ snapshots: () => new Promise(() => {}) })
  const { router, scripted, defects } = routerStage({ polygon: {} }, { tape })
  scripted.polygon!.script.push('hang')
  const { rows, attempts } = await router.quotes({ ...HOUSE, refs: [AAPL], deadlineMs: 2_000 })
  expect(story(attempts)).toEqual(['polygon failed unavailable', 'tape failed unavailable'])
  expect(rows[0]!.receipt.tookMs).toBeLessThanOrEqual(2_000)
  expect(defects).toHaveLength(1)
})

describe('whom to ask', () => {
  it('the user’s order goes before the house’s', async () => {
    const order = { primary: 'yahoo', fallbacks: ['alpaca:2', 'oanda'] }
    const { router, scripted } = routerStage(
      { polygon: {}, yahoo: {}, 'alpaca:2': { owner: 'user' } },
      { order },
    )
    scripted.yahoo!.script.push('empty')
    const { rows } = await router.quotes({ userId: 'u1', refs: [AAPL] })
    expect(rows[0]!.receipt.order).toBe('user')
    expect(story(rows[0]!.receipt.attempts)).toEqual([
      'yahoo empty',
      'alpaca:2 served',
      'oanda skipped not_connected',
    ])
    expect(scripted.polygon!.asked).toEqual([])
  })

  it('a breaker that opened spares the next call, and one probe brings the source back', async () => {
    const { router, scripted, time } = routerStage({ polygon: {}, alpaca: {} }, { cacheMs: { quote: 0 } })
    scripted.polygon!.script.push({ error: 'rate_limited', retryAfterMs: 30_000 })
    const ask = async (symbol: string) => (await router.quotes({ ...HOUSE, refs: [equity(symbol)] })).attempts
    expect(story(await ask('A'))).toEqual(['polygon failed rate_limited', 'alpaca served'])
    const [spared] = await ask('B')
    expect(spared).toMatchObject({ outcome: 'skipped', reason: 'breaker_open', retryAt: NOW + 30_040_000 })
    time.pass(31_000)
    const both = await Promise.all(['C', 'D', 'E'].map(ask))
    expect(both.map((attempts) => story(attempts)[0]).sort()).toEqual([
      'polygon served',
      'polygon skipped breaker_open',
      'polygon skipped breaker_open',
    ])
    expect(story(await ask('F'))[0]).toBe('polygon served')
    expect(scripted.polygon!.asked).toHaveLength(3)
  })

  it('a plan that refuses options does not stop quotes', async () => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push({ error: 'not_entitled' })
    await router.bars({ ...DAYS })
    expect(story((await router.bars({ ...DAYS, to: DAYS.to - 1 })).receipt.attempts)[0]).toBe(
      'polygon skipped breaker_open',
    )
    expect((await router.quotes({ ...HOUSE, refs: [AAPL] })).rows[0]!.receipt.source).toBe('polygon')
  })

  it('does not ask where the budget is gone', async () => {
    const budget = { peek: (id: string) => ({ free: id !== 'polygon-key', retryAt: NOW + 5e6 }) }
    const { router } = routerStage({ polygon: {}, alpaca: {} }, { budget })
    const { attempts } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(attempts[0]).toMatchObject({ reason: 'budget_gone', retryAt: NOW + 5e6, calls: [] })
  })
})

it('looks only at the budgets that a question would spend', async () => {
  const limits = [
    { scope: 'rest', kind: 'window', calls: 5, windowMs: 60_000 },
    { scope: 'bars', kinds: ['charts'], kind: 'window', calls: 5, windowMs: 60_000 },
  ] as const
  const budget = {
    peek: (_id: string, { scope }: { scope?: string }) => ({ free: scope !== 'bars', retryAt: null }),
  }
  const { router } = routerStage({ polygon: { limits } }, { budget })
  expect(story((await router.quotes({ ...HOUSE, refs: [AAPL] })).attempts)).toEqual(['polygon served'])
  expect(story((await router.bars(DAYS)).receipt.attempts)).toEqual(['polygon skipped budget_gone'])
})

describe('bars', () => {
  it('of one source, whole', async () => {
    const { router } = routerStage({ polygon: {}, yahoo: {} })
    const { value, receipt } = await router.bars(DAYS)
    expect(value!.map((b) => b.sessionDate)).toEqual(BAR_DATES)
    expect(receipt).toMatchObject({
      source: 'polygon',
      basis: 'split',
      currency: 'USD',
      converted: null,
      ts: midnight('2026-11-19'),
    })
  })

  const actions: CorporateAction[] = [
    { ...AAPL, exDate: '2026-11-18', kind: 'split', ratio: 4 },
    { ...AAPL, exDate: '2026-11-19', kind: 'dividend', amount: 10.2, currency: 'USD' },
  ]
  const knowing = tapeOf({ actions: async () => ({ source: 'polygon', actions }) })

  it('are converted where the tape knows the corporate actions, and say so', async () => {
    const { router } = routerStage({ alpaca: { basis: 'raw' } }, { tape: knowing })
    const split = await router.bars({ ...DAYS, basis: 'split' })
    expect(split.value!.map((b) => b.close)).toEqual([25, 25.25, 102, 103])
    expect(split.receipt).toMatchObject({
      basis: 'split',
      converted: { from: 'raw', actionsSource: 'polygon' },
    })
    const total = await router.bars({ ...DAYS, basis: 'total' })
    expect(total.value!.map((b) => b.close)).toEqual([22.5, 22.725, 91.8, 103])
    expect(total.value!.every((b) => b.basis === 'total')).toBe(true)
  })

  it('are not asked for where they cannot be converted', async () => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: { basis: 'raw' } }, { tape: tapeOf() })
    const { receipt } = await router.bars({ ...DAYS, basis: 'raw' })
    expect(receipt).toMatchObject({ source: 'alpaca', basis: 'raw' })
    expect(story(receipt.attempts)).toEqual(['polygon skipped other_basis', 'alpaca served'])
    expect(receipt.attempts[0]!.message).toContain('the tape knows no corporate actions of AAPL')
    expect(scripted.polygon!.asked).toEqual([])
  })

  it('crypto has no corporate actions: any basis is the same', async () => {
    const { router } = routerStage({ coinbase: { basis: 'raw' } })
    const ref = { assetClass: 'crypto', symbol: 'BTC-USD' } as const
    const { value, receipt } = await router.bars({ ...DAYS, ref, basis: 'total' })
    expect(receipt).toMatchObject({ basis: 'total', converted: null })
    expect(value!.every((b) => b.basis === 'total')).toBe(true)
  })

  it('a series that was begun is continued by its source alone', async () => {
    const continues = { source: 'yahoo', feed: 'yahoo-feed', basis: 'split', currency: 'USD' } as const
    const { router, scripted } = routerStage({ polygon: {}, yahoo: {} })
    const { receipt } = await router.bars({ ...DAYS, continues })
    expect(story(receipt.attempts)).toEqual(['polygon skipped other_feed', 'yahoo served'])
    const other = await router.bars({ ...DAYS, continues: { ...continues, feed: 'sip' } })
    expect(story(other.receipt.attempts)).toEqual(['polygon skipped other_feed', 'yahoo failed other_feed'])
    const pence = await router.bars({ ...DAYS, continues: { ...continues, currency: 'GBP' } })
    expect(story(pence.receipt.attempts)[1]).toBe('yahoo failed other_currency')
    expect(pence.value).toBeNull()
    expect(scripted.polygon!.asked).toEqual([])
  })

  it('an answer that mixes bases is refused', async () => {
    const { router, scripted } = routerStage({ polygon: {}, yahoo: {} })
    scripted.polygon!.script.push('mixed')
    const { receipt } = await router.bars(DAYS)
    expect(story(receipt.attempts)).toEqual(['polygon failed malformed', 'yahoo served'])
  })

  it('an empty answer is doubted where the venue traded, and believed where it did not', async () => {
    const { router, scripted } = routerStage({ polygon: {}, yahoo: {} })
    scripted.polygon!.script.push('empty', 'empty')
    expect(story((await router.bars(DAYS)).receipt.attempts)).toEqual(['polygon empty', 'yahoo served'])
    const weekend = { ...DAYS, from: midnight('2026-11-14'), to: midnight('2026-11-16') }
    const { value, receipt } = await router.bars(weekend)
    expect(value).toEqual([])
    expect(story(receipt.attempts)).toEqual(['polygon empty', 'yahoo skipped not_needed'])
    expect(receipt).toMatchObject({ source: 'polygon', freshness: 'live', ts: null, basis: 'split' })
  })

  it('nobody having any is an answer too', async () => {
    const { router, scripted } = routerStage({ polygon: {}, yahoo: {} }, { tape: tapeOf() })
    scripted.polygon!.script.push('empty')
    scripted.yahoo!.script.push('empty')
    const { value, receipt } = await router.bars(DAYS)
    expect(value).toEqual([])
    expect(story(receipt.attempts)).toEqual(['polygon empty', 'yahoo empty', 'tape empty'])
  })

  it('beyond what is kept or paid for are not asked for', async () => {
    const { router, scripted } = routerStage({
      polygon: { access: { historyDays: 2 } },
      yahoo: { barsDays: 3 },
      schwab: {},
    })
    const { receipt } = await router.bars(DAYS)
    expect(story(receipt.attempts)).toEqual([
      'polygon skipped not_entitled',
      'yahoo skipped no_capability',
      'schwab served',
    ])
    expect([...scripted.polygon!.asked, ...scripted.yahoo!.asked]).toEqual([])
  })

  it('from the tape stand on the basis asked for, or are refused', async () => {
    const bars = BAR_DATES.map(
      (sessionDate) =>
        ({
          ...AAPL,
          ts: midnight(sessionDate),
          sessionDate,
          timeframe: '1d',
          basis: 'raw',
          feed: 'sip',
          final: true,
          ...{ open: 100, high: 100, low: 100, close: 100, volume: 10 },
        }) as const,
    )
    const kept = {
      source: 'alpaca',
      basis: 'raw',
      feed: 'sip',
      currency: 'USD',
      bars,
      fetchedAt: NOW - 9e9,
    } as const
    const ask = async (tape: TapePort) => {
      const { router, scripted } = routerStage({ polygon: {} }, { tape })
      scripted.polygon!.script.push({ error: 'unavailable' })
      return router.bars({ ...DAYS, basis: 'split' })
    }
    const known = await ask({ ...knowing, bars: async () => ({ ...kept, bars: [...bars] }) })
    expect(known.value!.map((b) => b.close)).toEqual([25, 25, 100, 100])
    expect(known.receipt).toMatchObject({ source: 'alpaca', freshness: 'tape', converted: { from: 'raw' } })
    const unknown = await ask(tapeOf({ bars: async () => ({ ...kept, bars: [...bars] }) }))
    expect(unknown.value).toBeNull()
    expect(story(unknown.receipt.attempts)).toEqual(['polygon failed unavailable', 'tape failed other_basis'])
  })
})

describe('the cache', () => {
  const quote = { ...HOUSE, refs: [AAPL] }

  it('gives an answer again for a moment, with its own attempts and a new age', async () => {
    const { router, scripted, time } = routerStage({ polygon: {} })
    const first = await router.quotes(quote)
    time.pass(500)
    const again = await router.quotes(quote)
    expect(again.cached).toBe(true)
    expect(again.attempts).toBe(first.attempts)
    expect(again.rows[0]!.receipt).toMatchObject({
      freshness: 'cached',
      ageMs: 1_500,
      tookMs: 0,
      answeredAt: NOW + 540_000,
    })
    expect(first.rows[0]!.receipt.freshness).toBe('live')
    time.pass(600)
    expect((await router.quotes(quote)).cached).toBe(false)
    expect(scripted.polygon!.asked).toHaveLength(2)
  })

  it('one call serves all who ask at one time, and outlives one who leaves', async () => {
    const { router, scripted } = routerStage({ polygon: {} })
    const leaver = new AbortController()
    const asking = [
      router.quotes({ ...quote, signal: leaver.signal }),
      router.quotes(quote),
      router.quotes(quote),
    ]
    scripted.polygon!.onAsked = () => leaver.abort(new Error('gone'))
    const [left, ...stayed] = await Promise.allSettled(asking)
    expect(left!.status).toBe('rejected')
    expect(stayed.map((s) => s.status === 'fulfilled' && s.value.rows[0]!.value!.last)).toEqual([100, 100])
    expect(scripted.polygon!.asked).toHaveLength(1)
  })

  it('never keeps failures nor what came from the tape', async () => {
    const { router, scripted } = routerStage({ polygon: {} })
    scripted.polygon!.script.push({ error: 'unavailable' })
    expect((await router.quotes(quote)).rows[0]!.value).toBeNull()
    expect((await router.quotes(quote)).rows[0]!.receipt.freshness).toBe('live')
  })

  it('users of the house’s sources share, users of their own do not', async () => {
    const ask = async (owner: 'house' | 'user') => {
      const { router, scripted } = routerStage({ polygon: { owner } })
      await router.quotes({ ...quote, userId: 'ann' })
      const { cached } = await router.quotes({ ...quote, userId: 'bob' })
      return [cached, scripted.polygon!.asked.length]
    }
    expect(await ask('house')).toEqual([true, 1])
    expect(await ask('user')).toEqual([false, 2])
  })

  it('is bounded', async () => {
    const { router, scripted } = routerStage({ polygon: {} }, { cacheRowsMax: 4 })
    for (const symbol of 'ABCDEF') await router.quotes({ ...HOUSE, refs: [equity(symbol)], cacheMs: 60_000 })
    const cached = async (symbol: string) =>
      (await router.quotes({ ...HOUSE, refs: [equity(symbol)], cacheMs: 60_000 })).cached
    expect([await cached('F'), await cached('C'), await cached('A')]).toEqual([true, true, false])
    expect(scripted.polygon!.asked).toHaveLength(7)
  })
})

describe('explain', () => {
  it('says who would serve and why each other would not, without a call', async () => {
    const { router, scripted, health } = routerStage(
      {
        polygon: { state: 'not_connected' },
        alpaca: { access: { delayedMinutes: 15 } },
        yahoo: {},
        schwab: { entitled: false },
      },
      { budget: { peek: (id) => ({ free: id !== 'yahoo-key', retryAt: NOW + 1e6 }) } },
    )
    const decision = await router.explain({ ...HOUSE, need: 'quote', ref: AAPL })
    expect(decision).toMatchObject({ serves: 'alpaca', order: 'house', notInOrder: [] })
    expect(decision.sources.map((s) => [s.source, s.verdict, s.reason, s.message])).toEqual([
      ['polygon', 'skipped', 'not_connected', 'polygon is not connected: its credentials are not set'],
      ['alpaca', 'serves', null, 'alpaca is asked first (alpaca-feed, 15 minutes late)'],
      ['yahoo', 'skipped', 'budget_gone', 'the calls that yahoo allows for now are spent'],
      ['schwab', 'skipped', 'not_entitled', 'the Paid plan of schwab does not include quotes of equity'],
    ])
    expect(Object.values(scripted).flatMap((s) => s.asked)).toEqual([])
    expect(health.states()).toEqual([])
  })

  it('says when a breaker lets it be asked again, and that a probe may go', async () => {
    const { router, health, time } = routerStage({ polygon: {}, alpaca: {} })
    health.failed('polygon', new ProviderError('unauthorized', 'bad key', { provider: 'polygon' }))
    const look = async () => (await router.explain({ ...HOUSE, need: 'quote', ref: AAPL })).sources[0]
    expect(await look()).toMatchObject({ reason: 'breaker_open', retryAt: NOW + 900e6 })
    time.pass(900_000)
    expect((await look())!.message).toContain('one call will see whether it is back')
    expect(health.states()[0]!.state).toBe('open')
  })

  it('names what the user’s order leaves out, and the tape as the last resort', async () => {
    const order = { primary: 'oanda', fallbacks: [] }
    const { router } = routerStage({ polygon: {} }, { order, tape: tapeOf() })
    const decision = await router.explain({ ...DAYS, need: 'bars', basis: 'raw' })
    expect(decision).toMatchObject({ kind: 'charts', serves: 'tape', order: 'user', notInOrder: ['polygon'] })
  })

  it('a receipt reads as sentences', async () => {
    const { router, scripted } = routerStage({ polygon: {}, alpaca: {} })
    scripted.polygon!.script.push({ error: 'unavailable' })
    const { rows } = await router.quotes({ ...HOUSE, refs: [AAPL] })
    expect(explainReceipt(rows[0]!.receipt)).toEqual([
      'AAPL from alpaca (alpaca-feed), live, 1 s old, in USD',
      'polygon failed in 40 ms, 1 calls (unavailable): polygon said unavailable',
      'alpaca served in 40 ms, 1 calls',
    ])
  })
})
