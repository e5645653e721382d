// What a credential can do, found out by asking: few calls, within a time, paid for like any other. The questions that
// tell plans apart come first, so that a small plan is known before its calls are gone.
import type { AssetClass, Clock } from '@onetape/market'
import type { Capability, DataTier } from '../capability.ts'
import type { ProviderDefinition, ProviderDeps } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { ClassFindings, FoundLimit, ProbeFindings, ProbeProblem, ProbeStep } from './findings.ts'
import { Inquiry } from './inquiry.ts'
import {
  type Asking,
  askDepth,
  askFundamentals,
  askOptions,
  askQuote,
  askSize,
  depthOf,
} from './questions.ts'
import type { SeenQuote } from './seen-quote.ts'
import { wordsOf } from './words.ts'

export interface ProbeOptions {
  definition: ProviderDefinition
  /** Its `tier` is found out; a `budget` is asked before every call. */
  deps: Omit<ProviderDeps, 'tier'>
  /** The one of `deps` when absent. */
  marketClock?: Clock
  signal?: AbortSignal
  onStep?(step: ProbeStep): void
  callsMax?: number
  /** Milliseconds for all of it. */
  deadlineMs?: number
}

export const PROBE_CALLS_MAX = 12
export const PROBE_DEADLINE_MS = 25_000

/** What was seen of one asset class; what is absent was not asked. */
interface Seen {
  assetClass: AssetClass
  capability: Capability
  quote?: SeenQuote | 'nothing' | 'refused' | 'failed' | 'unasked'
  /** Null: asked, and there was none. */
  historyDays?: number | null
  minuteDays?: number | null
  fundamentals?: boolean
  options?: boolean
}

/** @throws the reason of `signal` when the caller goes away; everything else is in the findings. */
export async function probeSource(o: ProbeOptions): Promise<ProbeFindings> {
  const { definition, deps, marketClock = deps.marketClock } = o
  const startedAt = deps.wallClock.now()
  const tooLate = AbortSignal.timeout(o.deadlineMs ?? PROBE_DEADLINE_MS)
  const inquiry = new Inquiry({
    definition,
    deps: { ...deps, marketClock },
    signal: o.signal ? AbortSignal.any([o.signal, tooLate]) : tooLate,
    callsMax: o.callsMax ?? PROBE_CALLS_MAX,
    onStep: o.onStep,
  })
  const asking = { inquiry, definition, marketClock }
  try {
    const seen = Object.entries(definition.capabilities.byAssetClass).map(
      ([assetClass, capability]): Seen => ({ assetClass: assetClass as AssetClass, capability }),
    )
    const symbols = await inquire(asking, seen)
    o.signal?.throwIfAborted()
    const { tier, budget } = inquiry
    const ok = inquiry.granted > 0 && !lacksPrices(asking, seen)
    return {
      ok,
      tier: tier.name,
      tierLabel: tier.label,
      problem: problemOf(asking, ok),
      classes: seen.map((each) => classFindings(each, ok ? tier : null)),
      limits: limitsOf(tier, budget.learned),
      symbols,
      expiresAt: inquiry.authExpiresAt(),
      calls: budget.taken,
      tookMs: (deps.wallClock.now() - startedAt) / 1000,
    }
  } finally {
    await inquiry.close()
  }
}

/** Asks everything; leaves what was seen in `seen` and gives the size of the vendor's list. */
async function inquire(asking: Asking, seen: readonly Seen[]): Promise<number | null> {
  const { inquiry, definition } = asking
  const costly = definition.probe?.costly ?? []
  for (const each of seen.filter(
    ({ capability, assetClass }) => capability.quotes && assetClass !== 'option',
  )) {
    each.quote = await askQuote(asking, each.assetClass, each.capability)
    inquiry.budget.narrow(callsOf(inquiry.tier))
  }
  const [first, ...others] = seen.filter(({ capability }) => capability.bars.length > 0)
  if (first) first.historyDays = await depthOf(asking, first.assetClass, first.capability)
  if (!costly.includes('options')) await inquireOptions(asking, seen)
  const company = seen.find(
    ({ capability, assetClass }) => capability.fundamentals && has(inquiry.tier, assetClass, 'fundamentals'),
  )
  if (company && !costly.includes('fundamentals'))
    company.fundamentals = await askFundamentals(asking, company.assetClass, company.capability)
  if (first?.capability.bars.includes('1m')) {
    const { assetClass, capability } = first
    first.minuteDays = await askDepth(asking, assetClass, { capability, timeframe: '1m' })
  }
  const priced = seen.find(({ quote }) => typeof quote === 'object')
  const symbols = priced ? await askSize(asking, priced.assetClass, priced.capability) : null
  for (const each of others) {
    // Contracts come and go: there is none to ask about.
    if (each.assetClass === 'option') continue
    each.historyDays = await depthOf(asking, each.assetClass, each.capability)
  }
  return symbols
}

async function inquireOptions(asking: Asking, seen: readonly Seen[]): Promise<void> {
  const { tier } = asking.inquiry
  const underlying = seen.find(
    ({ capability, assetClass }) => capability.options && has(tier, assetClass, 'options'),
  )
  if (!underlying) return
  const { granted, quote } = await askOptions(asking, underlying.assetClass, underlying.capability)
  underlying.options = granted
  const contracts = seen.find(({ assetClass }) => assetClass === 'option')
  if (!contracts) return
  if (quote) contracts.quote = quote
  else if (granted === false) contracts.quote = 'refused'
}

type Kind = keyof NonNullable<DataTier['access'][AssetClass]>
const has = (tier: DataTier, assetClass: AssetClass, kind: Kind): boolean =>
  tier.access[assetClass]?.[kind] !== undefined

/** A limit of so long a window counts the calls of a probe. */
const SLOW_WINDOW_MS = 30_000
const SHARE = 0.8

/** What may be spent on looking: never all that a small plan has. */
const callsOf = ({ limits }: DataTier): number =>
  limits.reduce(
    (max, limit) =>
      limit.kind === 'window' && limit.windowMs >= SLOW_WINDOW_MS
        ? Math.min(max, Math.max(1, Math.floor(limit.calls * SHARE)))
        : max,
    Number.POSITIVE_INFINITY,
  )

/** @param tier null where the vendor gave nothing at all. */
function classFindings({ assetClass, capability, ...seen }: Seen, tier: DataTier | null): ClassFindings {
  const access = tier?.access[assetClass]
  const bars = capability.bars.length > 0
  const history = [seen.historyDays, seen.minuteDays].filter((days) => typeof days === 'number')
  // A depth of null was asked for and not there; undefined leaves it to the plan.
  const charts = seen.historyDays === null ? history.length > 0 : bars && access?.charts !== undefined
  return {
    assetClass,
    ...priceFindings(seen.quote, tier ? { access: access?.quotes, offered: capability.quotes } : null),
    charts,
    historyDays: history.length > 0 ? Math.max(...history) : null,
    minuteDays: seen.minuteDays ?? null,
    fundamentals: seen.fundamentals ?? (capability.fundamentals && access?.fundamentals !== undefined),
    options: seen.options ?? (capability.options && access?.options !== undefined),
    stream: capability.stream && access?.stream !== undefined,
  }
}

type PriceFindings = Pick<ClassFindings, 'quotes' | 'feed' | 'delayedMinutes' | 'ageMs' | 'sample'>
type Offer = { access: { delayedMinutes: number; feed: string } | undefined; offered: boolean }

function priceFindings(quote: Seen['quote'], offer: Offer | null): PriceFindings {
  const none = { feed: null, delayedMinutes: null, ageMs: null, sample: null }
  if (typeof quote === 'object') {
    const { symbol, last, feed, delayedMinutes, ageMs } = quote
    return {
      quotes: delayedMinutes > 0 ? 'delayed' : 'live',
      feed,
      delayedMinutes,
      ageMs,
      sample: { symbol, last },
    }
  }
  if (quote === 'refused') return { ...none, quotes: 'not_entitled' }
  if (!offer?.offered || quote === 'nothing' || quote === 'failed') return { ...none, quotes: 'none' }
  if (!offer.access) return { ...none, quotes: 'not_entitled' }
  const { delayedMinutes, feed } = offer.access
  return { ...none, quotes: delayedMinutes > 0 ? 'delayed' : 'live', feed, delayedMinutes }
}

/** As declared; what the vendor's headers said instead goes first. */
function limitsOf({ limits }: DataTier, learned: ReadonlyMap<string, number>): FoundLimit[] {
  const corrected = new Set<string>()
  return limits.flatMap((limit) => {
    if (limit.kind !== 'window') return []
    const { scope, windowMs } = limit
    const said = corrected.has(scope) ? undefined : learned.get(scope)
    corrected.add(scope)
    return [{ scope, calls: said ?? limit.calls, windowMs }]
  })
}

/** Nothing but refusals where the plan has prices: the credentials open something, and not what they are for. */
function lacksPrices({ inquiry }: Asking, seen: readonly Seen[]): boolean {
  const asked = seen.filter(({ quote }) => quote !== undefined && quote !== 'unasked')
  const promised = seen.some(({ assetClass }) => has(inquiry.tier, assetClass, 'quotes'))
  return promised && asked.length > 0 && asked.every(({ quote }) => quote === 'refused')
}

function problemOf({ inquiry, definition }: Asking, ok: boolean): ProbeProblem | null {
  const { name } = definition
  const error =
    inquiry.trouble ??
    (ok
      ? null
      : (inquiry.refusal ??
        new ProviderError('malformed', 'there was no price in its answers', { provider: name })))
  return (
    error && { kind: error.kind, ...wordsOf({ kind: error.kind, provider: name, message: error.message }) }
  )
}
