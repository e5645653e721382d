// Receipts held against the vendors' own logs: real adapters on the real simulators, random faults, plans and orders.
import { type Micros, microsFromIso, type SymbolRef } from '@onetape/market'
import { type Attempt, type Receipt, registry } from '@onetape/providers'
import { type FaultOrder, type Simulator, startSimulator, type VendorName } from '@onetape/simulator'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { routedHouse, wallClock } from './routed-house.ts'

const MARKET_START: Micros = microsFromIso('2026-11-20T14:31:20-05:00')!
const DAY = 86_400_000_000

const startedAt = wallClock.now()
const marketClock = { now: () => MARKET_START + wallClock.now() - startedAt }
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ clock: marketClock, quotas: false })
})
afterAll(() => simulator.close())

/** Those whose requests are HTTP, each in the simulators' log as it is in a receipt. */
const VENDORS = ['polygon', 'alpaca', 'yahoo', 'schwab'] as const satisfies readonly VendorName[]
const SYMBOLS = ['AAPL', 'MSFT', 'KO'] as const
const equity = (symbol: string): SymbolRef => ({ assetClass: 'equity', symbol })

const fault = fc.record<FaultOrder>(
  {
    vendor: fc.constantFrom(...VENDORS),
    kind: fc.constantFrom(
      'rate_limited',
      'unauthorized',
      'plan_error',
      'server_error',
      'empty',
      'malformed_row',
      'truncated_page',
      'wrong_symbol',
      'cut',
    ),
    count: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: ['vendor', 'kind', 'count'] },
)
const question = fc.record({
  need: fc.constantFrom('quotes', 'snapshots', 'bars'),
  symbols: fc.subarray([...SYMBOLS], { minLength: 1 }),
  basis: fc.constantFrom('split', 'raw', undefined),
})
const world = fc.record({
  order: fc.option(
    fc
      .shuffledSubarray([...VENDORS], { minLength: 1 })
      .map(([primary, ...fallbacks]) => ({ primary: primary!, fallbacks })),
    { nil: undefined },
  ),
  spent: fc.subarray([...VENDORS], { maxLength: 2 }),
  faults: fc.array(fault, { maxLength: 3 }),
  questions: fc.array(question, { minLength: 1, maxLength: 3 }),
})

it('attempts equal what the simulators saw, and who is named is who served', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ order, spent, faults, questions }) => {
      simulator.faults.clear()
      for (const one of faults) simulator.faults.add(one)
      await using house = routedHouse({
        definitions: registry.definitions.filter(({ name }) => (VENDORS as readonly string[]).includes(name)),
        endpoints: simulator.endpoints,
        marketClock,
        order,
        budget: { peek: (id) => ({ free: !spent.some((name) => id === `${name}:house`), retryAt: null }) },
      })
      for (const asked of questions) {
        const mark = simulator.requestsAfter(0).at(-1)?.id ?? 0
        const { attempts, receipts } = await ask(house.router, asked)
        const saw = simulator.requestsAfter(mark)
        for (const name of VENDORS) {
          const told = attempts.filter((a) => a.source === name).flatMap((a) => a.calls)
          const seen = saw.filter((r) => r.vendor === name)
          expect([name, told.length]).toEqual([name, seen.length])
          expect(told.map((c) => c.status ?? 0).sort()).toEqual(
            seen.map((r) => (r.fault === 'cut' ? 0 : (r.status ?? 0))).sort(),
          )
          if (spent.includes(name)) expect(seen).toEqual([])
          if (order && ![order.primary, ...order.fallbacks].includes(name)) expect(seen).toEqual([])
        }
        for (const receipt of receipts) {
          if (receipt.source === null) continue
          expect(saw.some((r) => r.vendor === receipt.source && r.status === 200)).toBe(true)
          const own = receipt.attempts.find((a) => a.source === receipt.source)!
          expect(own.outcome).toMatch(/served|partial|empty/)
          if (asked.need === 'bars' && asked.basis) expect(receipt.basis).toBe(asked.basis)
        }
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

async function ask(
  router: ReturnType<typeof routedHouse>['router'],
  { need, symbols, basis }: { need: string; symbols: readonly string[]; basis?: 'split' | 'raw' },
): Promise<{ attempts: Attempt[]; receipts: Receipt[] }> {
  const common = { userId: null, cacheMs: 0, deadlineMs: 5_000 }
  if (need === 'bars') {
    const range = { timeframe: '1d', from: MARKET_START - 20 * DAY, to: MARKET_START } as const
    const { value, receipt } = await router.bars({ ...common, ...range, ref: equity(symbols[0]!), basis })
    for (const bar of value ?? []) expect([bar.basis, bar.feed]).toEqual([receipt.basis, receipt.feed])
    return { attempts: receipt.attempts, receipts: [receipt] }
  }
  const refs = symbols.map(equity)
  const { rows, attempts } =
    need === 'quotes' ? await router.quotes({ ...common, refs }) : await router.snapshots({ ...common, refs })
  for (const { value, receipt } of rows) expect(value === null).toBe(receipt.source === null)
  return { attempts, receipts: rows.map((row) => row.receipt) }
}
