// Whatever vendors, plans, budgets and preferences do: the receipt tells what happened, and nothing forbidden happened.
import type { CorporateAction, SymbolRef } from '@onetape/market'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { OneAnswer, RowsAnswer } from './answer.ts'
import type { Attempt, Receipt } from './receipt.ts'
import { equity, NOW, routerStage } from './testing-router.ts'
import { BAR_DATES, type Behaviour, type ScriptedOptions } from './testing-source.ts'

const NAMES = ['polygon', 'alpaca', 'yahoo', 'schwab', 'ibkr', 'coinbase', 'alpaca:2'] as const
const SYMBOLS = ['AAPL', 'MSFT', 'TSLA', 'NVDA'] as const
const DEADLINE_MS = 4_000
/** What a vendor that does not listen may add, for each of its attempts. */
const GRACE_MS = 60 * NAMES.length

const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('answer' as const) },
  fc.constantFrom('empty', 'hang', 'deaf', 'wrong_symbol', 'no_price', 'defect', 'budget', 'mixed'),
  fc.record({
    error: fc.constantFrom(
      'unavailable',
      'malformed',
      'unauthorized',
      'not_entitled',
      'not_found',
      'unsupported',
    ),
  }),
  fc.record({
    error: fc.constant('rate_limited'),
    retryAfterMs: fc.option(fc.nat(20_000), { nil: undefined }),
  }),
  fc.record({ error: fc.constant('invalid_request') }),
  fc.record({ only: fc.subarray([...SYMBOLS]) }),
  fc.record({ cut: fc.subarray([...SYMBOLS]) }),
  fc.record({ slowMs: fc.nat(6_000) }),
) as fc.Arbitrary<Behaviour>

const options = fc.record<Omit<ScriptedOptions, 'time'> & { script: Behaviour[]; paid: boolean }>({
  state: fc.constantFrom('connected', 'connected', 'connected', 'expired', 'paused', 'not_connected'),
  assetClasses: fc.constantFrom(['equity'], ['equity'], ['crypto']),
  entitled: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  basis: fc.constantFrom('split', 'raw'),
  paid: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  script: fc.array(behaviour, { maxLength: 6 }),
})

const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`) * 1000
const question = fc.record({
  need: fc.constantFrom('quotes', 'snapshots', 'bars'),
  symbols: fc.subarray([...SYMBOLS], { minLength: 1 }),
  basis: fc.constantFrom('raw', 'split', 'total', undefined),
  passMs: fc.nat(12_000),
})

const world = fc.record({
  sources: fc.record(Object.fromEntries(NAMES.map((name) => [name, options]))),
  order: fc.option(
    fc.shuffledSubarray([...NAMES, 'oanda'], { minLength: 1 }).map(([primary, ...fallbacks]) => ({
      primary: primary!,
      fallbacks,
    })),
  ),
  pin: fc.option(fc.constantFrom(...NAMES, 'oanda')),
  actionsKnown: fc.boolean(),
  questions: fc.array(question, { minLength: 1, maxLength: 5 }),
})

it('holds over random outages, budgets, entitlements, preferences and pins', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ sources, order, pin, actionsKnown, questions }) => {
      const actions: CorporateAction[] = SYMBOLS.map((symbol) => ({
        ...equity(symbol),
        exDate: '2026-11-18',
        kind: 'split',
        ratio: 2,
      }))
      const stage = routerStage(sources, {
        order,
        pins: pin === null ? undefined : Object.fromEntries(SYMBOLS.map((symbol) => [symbol, pin])),
        budget: { peek: (id) => ({ free: sources[id.replace('-key', '')]!.paid, retryAt: NOW + 1 }) },
        tape: {
          snapshots: async () => [],
          bars: async () => null,
          actions: async () => (actionsKnown ? { source: 'polygon', actions } : null),
        },
        deadlineMs: DEADLINE_MS,
      })
      for (const [name, { script }] of Object.entries(sources)) {
        const me = stage.scripted[name]!
        me.script.push(...script)
        me.onAsked = () => {
          const { state, entitled, assetClasses, paid } = sources[name]!
          expect([name, state, entitled, paid, assetClasses]).toEqual([
            name,
            'connected',
            true,
            true,
            ['equity'],
          ])
          if (order) expect([pin, order.primary, ...order.fallbacks]).toContain(name)
          const breakers = stage.health.states().filter((h) => h.source === name)
          expect(breakers.map((h) => h.state)).not.toContain('open')
        }
      }
      for (const asked of questions) {
        const before = Object.fromEntries(NAMES.map((name) => [name, stage.scripted[name]!.asked.length]))
        const answer = await ask(stage.router, asked)
        checkCalls(stage.scripted, before, answer)
        const whose = pin !== null ? 'pin' : order ? 'user' : 'house'
        for (const [receipt] of answer.receipts) expect(receipt.order).toBe(whose)
        const first = pin ?? order?.primary
        if (first) expect(answer.attempts[0]!.source).toBe(first)
        for (const [receipt, value] of answer.receipts) checkReceipt(receipt, value, asked.basis)
        stage.time.pass(asked.passMs)
      }
      // What is expected when a vendor is asked fails there: it arrives here as an adapter's defect.
      for (const defect of stage.defects) if (!(defect instanceof TypeError)) throw defect
    }),
    { numRuns: 300 },
  )
})

interface Checked {
  attempts: Attempt[]
  /** Each receipt with the feeds and bases of the value it came with. */
  receipts: [Receipt, { feeds: string[]; bases: string[] } | null][]
  symbols: readonly string[]
}

async function ask(
  router: ReturnType<typeof routerStage>['router'],
  { need, symbols, basis }: { need: string; symbols: readonly string[]; basis?: 'raw' | 'split' | 'total' },
): Promise<Checked> {
  const common = { userId: null, cacheMs: 0 }
  const refs: SymbolRef[] = symbols.map(equity)
  if (need === 'bars') {
    const range = { timeframe: '1d', from: midnight('2026-11-16'), to: midnight('2026-11-20') } as const
    const { value, receipt }: OneAnswer<{ feed: string; basis: string }[]> = await router.bars({
      ...common,
      ...range,
      ref: refs[0]!,
      basis,
    })
    if (value && value.length > 0) expect(value).toHaveLength(BAR_DATES.length)
    const made = value && { feeds: value.map((b) => b.feed), bases: value.map((b) => b.basis) }
    return { attempts: receipt.attempts, receipts: [[receipt, made]], symbols: symbols.slice(0, 1) }
  }
  const answer: RowsAnswer<unknown> =
    need === 'quotes' ? await router.quotes({ ...common, refs }) : await router.snapshots({ ...common, refs })
  const feedOf = (value: unknown) => {
    const row = value as { feed?: string; quote?: { feed: string } }
    return row.quote?.feed ?? row.feed!
  }
  return {
    attempts: answer.attempts,
    receipts: answer.rows.map(({ receipt, value }) => [
      receipt,
      value === null ? null : { feeds: [feedOf(value)], bases: [] },
    ]),
    symbols,
  }
}

/** Attempts equal the calls that vendors saw; each was asked only for what was still missing. */
function checkCalls(
  scripted: ReturnType<typeof routerStage>['scripted'],
  before: Record<string, number>,
  { attempts, symbols }: Checked,
) {
  expect(new Set(attempts.map((a) => a.source)).size).toBe(attempts.length)
  let missing = symbols.length
  for (const attempt of attempts) {
    const seen = scripted[attempt.source]?.asked.slice(before[attempt.source]) ?? []
    const whats = seen.flatMap((call) => call.what)
    const told = attempt.calls.map((call) => call.what)
    // A vendor that does not listen never ends its call: that alone is not in the receipt yet.
    const deaf = attempt.outcome === 'failed' && attempt.message?.includes('did not answer')
    if (deaf && told.length === 0) expect(whats).toHaveLength(1)
    else expect(told).toEqual(whats)
    if (attempt.outcome === 'skipped') {
      expect([told, attempt.served]).toEqual([[], 0])
      continue
    }
    if (attempt.source === 'tape') continue
    expect(seen).toHaveLength(1)
    expect(seen[0]!.symbols).toHaveLength(missing)
    expect(attempt.asked).toBe(missing)
    missing -= attempt.served
  }
  for (const [name, { asked }] of Object.entries(scripted)) {
    if (!attempts.some((a) => a.source === name)) expect(asked).toHaveLength(before[name]!)
  }
}

function checkReceipt(
  receipt: Receipt,
  value: { feeds: string[]; bases: string[] } | null,
  basis: string | undefined,
) {
  expect(receipt.tookMs).toBeLessThanOrEqual(DEADLINE_MS + GRACE_MS)
  expect(value === null).toBe(receipt.source === null)
  if (value === null) return
  expect(new Set(value.feeds).size).toBeLessThanOrEqual(1)
  for (const feed of value.feeds) expect(feed).toBe(`${receipt.source}-feed`)
  expect(receipt.attempts.find((a) => a.source === receipt.source)!.outcome).toMatch(/served|partial|empty/)
  if (receipt.kind !== 'charts') return
  for (const each of value.bases) expect(each).toBe(receipt.basis)
  if (basis) expect(receipt.basis).toBe(basis)
}
