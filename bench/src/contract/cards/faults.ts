// 4xx: what a vendor does wrong, and what the adapter makes of it. Each fault is ordered at the simulator.
import { DAY_US, MINUTE_US } from '@onetape/market'
import type { IDataProvider } from '@onetape/providers'
import type { FaultOrder } from '@onetape/simulator'
import { type Card, classesWhere, everyProvider, must, show, someClass } from '../card.ts'
import { refusalOf, type Stage } from '../stage.ts'

/** The class that fault cards play on, its symbols, and a provider that has its sessions, crumbs and tokens already. */
async function ready(stage: Stage, timeoutMs = 3_000) {
  const [assetClass, capability] = classesWhere(
    stage.definition.capabilities,
    (c) => c.snapshots !== null,
  ).find(([c]) => stage.refs(c).length > 0)!
  const refs = stage.refs(assetClass)
  const provider = stage.open({ timeoutMs })
  await provider.getSnapshots({ assetClass, refs })
  const ask = () => provider.getSnapshots({ assetClass, refs })
  return { assetClass, capability, refs, provider, ask }
}

const lastHour = (stage: Stage, provider: IDataProvider, assetClass: Parameters<Stage['refs']>[0]) => {
  const to = stage.marketClock.now()
  return provider.getBars({ ref: stage.refs(assetClass)[0]!, timeframe: '1m', from: to - 60 * MINUTE_US, to })
}

/** A fault that must come out as an error of one of these kinds. */
function typed(
  id: number,
  title: string,
  order: Omit<FaultOrder, 'vendor'>,
  kinds: readonly string[],
  more?: (error: Awaited<ReturnType<typeof refusalOf>>) => void,
): Card {
  return {
    id,
    title,
    claims: everyProvider,
    async run(stage) {
      const { ask } = await ready(stage)
      stage.fault({ on: 'request', ...order })
      const error = await refusalOf(ask())
      must(
        kinds.includes(error.kind),
        () => `kind ${error.kind} (${error.message}), expected ${kinds.join(' or ')}`,
      )
      must(
        !/https?:\/\/\S+\?/.test(error.message),
        () => `the message holds an address with a query: ${error.message}`,
      )
      more?.(error)
    },
  }
}

/** The prices of one symbol's snapshot. */
async function priced(stage: Stage, order: Omit<FaultOrder, 'vendor'>) {
  const { ask, refs } = await ready(stage)
  const symbol = refs[1]!.symbol
  const before = (await ask()).rows.find((r) => r.quote.symbol === symbol)!
  stage.fault({ ...order, symbol })
  const answer = await ask()
  return { symbol, refs, before, answer, after: answer.rows.find((r) => r.quote.symbol === symbol) }
}

const priceOf = (s: { quote: { last: number | null; bid: number | null } }): number =>
  s.quote.last ?? s.quote.bid ?? 0

export const faultCards: readonly Card[] = [
  typed(
    401,
    '429 with Retry-After: rate_limited, and the wait is known',
    { kind: 'rate_limited', retryAfterS: 7 },
    ['rate_limited'],
    (e) => {
      if (e.provider === 'ibkr') return // its pacing violations name no wait
      must((e.retryAfterMs ?? 0) >= 7_000, () => `retryAfterMs ${e.retryAfterMs}`)
    },
  ),
  typed(402, '429 without Retry-After: rate_limited', { kind: 'rate_limited' }, ['rate_limited']),
  typed(403, 'credentials refused: unauthorized', { kind: 'unauthorized' }, ['unauthorized', 'unavailable']),
  typed(404, 'the plan does not include it: not_entitled', { kind: 'plan_error' }, ['not_entitled']),
  typed(405, '5xx again and again: unavailable', { kind: 'server_error' }, ['unavailable']),
  typed(406, 'no answer: unavailable within the time allowed', { kind: 'timeout' }, ['unavailable']),
  typed(407, 'the connection is cut again and again: unavailable', { kind: 'cut' }, ['unavailable']),
  {
    id: 408,
    title: 'one 5xx or one cut connection is survived',
    claims: everyProvider,
    async run(stage) {
      const { ask, refs } = await ready(stage, 8_000)
      for (const kind of ['server_error', 'cut'] as const) {
        stage.fault({ kind, count: 1, on: 'request' })
        // A vendor that is asked symbol by symbol loses the one question that the fault met; asked again, it comes.
        const first = await ask().catch(() => null)
        const answer = first && !first.failure ? first.rows : (await ask()).rows
        must(answer.length === refs.length, () => `${kind}: ${answer.length} of ${refs.length}`)
        stage.simulator.faults.clear()
      }
    },
  },
  {
    id: 409,
    title: 'a slow answer within the time allowed is an answer',
    claims: everyProvider,
    async run(stage) {
      const { ask, refs } = await ready(stage, 6_000)
      stage.fault({ kind: 'slow', delayMs: 700, on: 'request', count: 1 })
      const { rows } = await ask()
      must(rows.length === refs.length, () => `${rows.length} of ${refs.length}`)
    },
  },
  {
    id: 410,
    title: 'a malformed row is dropped and said, the others come',
    claims: someClass((c) => c.snapshots === 'market' || c.snapshots === 'list'),
    async run(stage) {
      const { ask, refs } = await ready(stage)
      stage.fault({ kind: 'malformed_row', on: 'request' })
      const { rows, dropped, missing } = await ask()
      must(
        rows.length >= refs.length - 1 && rows.length < refs.length,
        () => `${rows.length} rows of ${refs.length}`,
      )
      must(dropped.length >= 1 || missing.length >= 1, () => 'nothing was said of the row that did not come')
      must(
        dropped.every((d) => d.reason.length > 3),
        () => show(dropped),
      )
    },
  },
  {
    id: 411,
    title: 'a body that is cut short never passes for a whole one',
    claims: everyProvider,
    async run(stage) {
      const { ask, refs } = await ready(stage)
      stage.fault({ kind: 'truncated_page', on: 'request' })
      const outcome = await ask().then(
        (a) =>
          a.failure
            ? a.failure.kind
            : `${a.rows.length} rows, ${a.missing.length + a.dropped.length} said absent`,
        (e) => e.kind as string,
      )
      must(
        ['malformed', 'unavailable'].includes(outcome) || outcome === `${refs.length} rows, 0 said absent`,
        () => outcome,
      )
    },
  },
  {
    id: 412,
    title: 'an empty 200: every symbol is missing, none is invented',
    claims: someClass((c) => c.snapshots === 'market' || c.snapshots === 'list'),
    async run(stage) {
      const { ask, refs } = await ready(stage)
      stage.fault({ kind: 'empty', on: 'request' })
      const answer = await ask().catch((e) => ({ rows: [], missing: refs, dropped: [], kind: e.kind }))
      must(answer.rows.length === 0, () => `${answer.rows.length} rows`)
      must(
        answer.missing.length === refs.length,
        () => `${answer.missing.length} of ${refs.length} are said to be missing`,
      )
    },
  },
  {
    id: 413,
    // Where one question is for one symbol, its answer bears no name: only the gate can see that it is another's.
    title: 'a row for another symbol is never taken for the one asked',
    claims: someClass((c) => c.snapshots === 'market' || c.snapshots === 'list'),
    async run(stage) {
      const { symbol, refs, before, answer, after } = await priced(stage, { kind: 'wrong_symbol' })
      const asked = new Set(refs.map((r) => r.symbol))
      const foreign = answer.rows.find((r) => !asked.has(r.quote.symbol))
      must(!foreign, () => `${foreign?.quote.symbol} was never asked for`)
      const moved = after ? Math.abs(priceOf(after) / priceOf(before) - 1) : 0
      must(
        !after || moved < 0.02,
        () => `${symbol} came with another's price: ${priceOf(before)} then ${after && priceOf(after)}`,
      )
    },
  },
  {
    id: 414,
    title: 'stale, outlying, 100x and inverted prices pass as the vendor said them, for the gate to judge',
    claims: someClass((c) => c.snapshots !== null),
    async run(stage) {
      const factors = { outlier: [1.5, 20], unit_error: [50, 200] } as const
      for (const kind of ['outlier', 'unit_error', 'stale', 'inverted'] as const) {
        const { before, after, symbol } = await priced(stage, { kind })
        must(after !== undefined, () => `${kind}: ${symbol} did not come`)
        const ratio = priceOf(after) / priceOf(before)
        // A vendor that gives no event time cannot be caught by it; its stale price is the gate's to find.
        if (kind === 'stale' && after.quote.tsOrigin === 'response') continue
        if (kind === 'stale')
          must(
            after.quote.ts < before.quote.ts - 10 * MINUTE_US,
            () => `stale: ts moved by ${(after.quote.ts - before.quote.ts) / 1e6} s`,
          )
        else if (kind === 'inverted') {
          const { bid, ask } = after.quote
          must(
            bid === null || ask === null || bid > ask || before.quote.bid === null,
            () => `inverted: bid ${bid}, ask ${ask}`,
          )
        } else must(ratio > factors[kind][0] && ratio < factors[kind][1], () => `${kind}: ratio ${ratio}`)
        stage.simulator.faults.clear()
      }
    },
  },
  {
    id: 415,
    title: 'expired tokens are renewed, or it is said that a person must sign in',
    claims: (c) => c.credentials.length > 0,
    async run(stage) {
      const { ask, refs } = await ready(stage)
      stage.fault({ kind: 'token_expired', count: 1 })
      const outcome = await ask().then(
        (a) => `${a.rows.length} rows`,
        (e) => e.kind as string,
      )
      must(outcome === `${refs.length} rows` || outcome === 'unauthorized', () => outcome)
      const again = await ask()
      must(again.rows.length === refs.length, () => `afterwards ${again.rows.length} of ${refs.length}`)
    },
  },
  {
    id: 416,
    title: 'bars: a truncated page or a failed page never passes for a complete series',
    claims: someClass((c) => c.bars.includes('1m')),
    async run(stage) {
      const { provider, assetClass } = await ready(stage)
      const whole = await lastHour(stage, provider, assetClass)
      stage.fault({ kind: 'truncated_page', on: 'request' })
      const outcome = await lastHour(stage, provider, assetClass).then(
        (a) => ({ rows: a.rows.length, said: a.failure !== undefined || a.dropped.length > 0 }),
        (e) => ({ rows: 0, said: ['malformed', 'unavailable'].includes(e.kind) }),
      )
      must(
        outcome.said || Math.abs(outcome.rows - whole.rows.length) <= 1,
        () => `${outcome.rows} of ${whole.rows.length} bars and not a word`,
      )
    },
  },
  {
    id: 417,
    title: 'bars: a malformed row is dropped and said, the others come',
    claims: someClass((c) => c.bars.includes('1m')),
    async run(stage) {
      const { provider, assetClass } = await ready(stage)
      const whole = await lastHour(stage, provider, assetClass)
      stage.fault({ kind: 'malformed_row', on: 'request' })
      const { rows, dropped } = await lastHour(stage, provider, assetClass)
      must(dropped.length >= 1, () => 'nothing was said of the row')
      must(
        rows.length >= whole.rows.length - 2 && rows.length > 0,
        () => `${rows.length} of ${whole.rows.length}`,
      )
    },
  },
  {
    id: 418,
    title: 'an aborted question ends at once, typed',
    claims: everyProvider,
    async run(stage) {
      const { provider, assetClass, refs } = await ready(stage, 10_000)
      stage.fault({ kind: 'timeout', on: 'request' })
      const started = performance.now()
      const error = await refusalOf(
        provider.getSnapshots({ assetClass, refs }, { signal: AbortSignal.timeout(120) }),
      )
      must(error.kind === 'unavailable', () => `kind ${error.kind}`)
      must(performance.now() - started < 2_000, () => `it took ${Math.round(performance.now() - started)} ms`)
    },
  },
  {
    id: 419,
    title: 'a week ago is answered from history, whatever faults came before',
    claims: someClass((c) => c.bars.includes('1d')),
    async run(stage) {
      const { provider, assetClass } = await ready(stage)
      const to = stage.marketClock.now()
      const ref = stage.refs(assetClass)[0]!
      const { rows } = await provider.getBars({ ref, timeframe: '1d', from: to - 10 * DAY_US, to })
      must(rows.length >= 5, () => `${rows.length} days`)
    },
  },
]
