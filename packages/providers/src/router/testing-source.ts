// For tests: a vendor in memory that does what it is told, and remembers what it was asked.
import type { AssetClass, Bar, Basis, Quote, Snapshot, SymbolRef } from '@onetape/market'
import type { BudgetLimit, CallOptions, Fetched, IDataProvider, TierAccess } from '../contract.ts'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { refKey } from './answer.ts'
import type { RoutedSource } from './ports.ts'
import type { VirtualTime } from './testing-time.ts'

/** What a vendor does with one call; what it has by default it answers. */
export type Behaviour =
  | 'answer'
  | 'empty'
  | 'hang'
  /** Hangs and does not hear that nobody waits any more. */
  | 'deaf'
  | 'wrong_symbol'
  | 'no_price'
  | 'defect'
  | 'budget'
  | 'mixed'
  | { error: ErrorKind; retryAfterMs?: number }
  | { only: readonly string[] }
  | { cut: readonly string[] }
  | { slowMs: number }

export interface AskedCall {
  method: 'getQuotes' | 'getSnapshots' | 'getBars' | 'getFundamentals' | 'getOptionsChain'
  symbols: string[]
  /** What the call put on the wire; empty where our own budget refused. */
  what: string[]
}

export interface ScriptedSource {
  source: RoutedSource
  asked: AskedCall[]
  /** Next calls, in order; afterwards it answers. */
  script: Behaviour[]
  /** Runs when a call arrives. */
  onAsked?: () => void
}

export interface ScriptedOptions {
  time: VirtualTime
  /** Whose credentials: stands before its name in feeds and on the wire. */
  mark?: string
  owner?: RoutedSource['owner']
  state?: RoutedSource['state']
  assetClasses?: readonly AssetClass[]
  /** False: the tier grants nothing. */
  entitled?: boolean
  access?: Partial<TierAccess>
  basis?: Basis
  currency?: string
  latencyMs?: number
  price?: number
  barsDays?: number
  limits?: readonly BudgetLimit[]
}

export const BAR_DATES = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'] as const

export function scriptedSource(name: string, options: ScriptedOptions): ScriptedSource {
  const { time, owner = 'house', state = 'connected', entitled = true, latencyMs = 40 } = options
  const providerName = name.split(':')[0]!
  const said = options.mark ? `${options.mark}/${name}` : name
  const me: ScriptedSource = { asked: [], script: [], source: undefined! }
  const make = new Rows(said, options)
  let calls = 0

  const run = async <T>(
    method: AskedCall['method'],
    refs: readonly SymbolRef[],
    { rows, call }: { rows: (refs: readonly SymbolRef[], how: Behaviour) => T[]; call?: CallOptions },
  ): Promise<Fetched<T>> => {
    me.onAsked?.()
    const asked: AskedCall = { method, symbols: refs.map((ref) => ref.symbol), what: [] }
    me.asked.push(asked)
    const how = me.script.shift() ?? 'answer'
    const failure = failureOf(how, providerName)
    if (how === 'budget') throw failure
    const at = time.clock.now()
    const what = `${said}/${method}/${++calls}`
    asked.what.push(what)
    const sent = (error?: ProviderError) => {
      const ended = { outcome: error?.kind ?? 'ok', latencyMs: (time.clock.now() - at) / 1000 } as const
      call?.onCall?.({ at, what, scope: 'rest', status: error ? null : 200, ...ended })
    }
    try {
      await time.sleep(waitOf(how, latencyMs), how === 'deaf' ? undefined : call?.signal)
    } catch (cause) {
      const error = new ProviderError('unavailable', 'was not waited for', { provider: providerName, cause })
      sent(error)
      throw error
    }
    const whole = failure !== null && !isCut(how)
    sent(whole ? failure : undefined)
    if (how === 'defect') throw new TypeError('cannot read properties of undefined')
    if (whole) throw failure
    const known = has(how, refs)
    const missing = isCut(how) ? [] : refs.filter((ref) => !known.includes(ref))
    const fetchedAt = time.clock.now()
    const currency = options.currency ? { currency: options.currency } : {}
    return {
      rows: rows(known, how),
      dropped: [],
      missing,
      fetchedAt,
      calls: 1,
      ...currency,
      ...(failure ? { failure } : {}),
    }
  }

  const capability = {
    quotes: true,
    snapshots: 'list',
    bars: ['1m', '1d'],
    barsBasis: options.basis ?? 'split',
    barsDays: options.barsDays ? { '1d': options.barsDays } : {},
    reference: false,
    corporateActions: null,
    fundamentals: false,
    options: false,
    stream: false,
  } as const
  const classes = options.assetClasses ?? ['equity', 'crypto']
  const access = { delayedMinutes: 0, feed: `${said}-feed`, ...options.access }
  const granted = Object.fromEntries(
    classes.map((c) => [c, entitled ? { quotes: access, charts: access } : {}]),
  )
  const provider: IDataProvider = {
    getName: () => providerName,
    getCapabilities: () => ({
      byAssetClass: Object.fromEntries(classes.map((c) => [c, capability])),
      credentials: [],
      snapshotSymbolsMax: null,
      tiers: [{ name: 'paid', label: 'Paid', access: granted, limits: options.limits ?? [] }],
      defaultTier: 'paid',
    }),
    getQuotes: (refs, call) =>
      run('getQuotes', refs, { rows: (known, how) => make.quotes(known, how), call }),
    getSnapshots: ({ refs }, call) =>
      run('getSnapshots', refs as readonly SymbolRef[], {
        rows: (known, how) => make.snapshots(known, how),
        call,
      }),
    getBars: ({ ref }, call) => run('getBars', [ref], { rows: (known, how) => make.bars(known, how), call }),
  }
  me.source = {
    name,
    provider: state === 'not_connected' ? null : provider,
    providerName,
    tier: 'paid',
    owner,
    state,
    message: null,
    credentialId: `${said}-key`,
  }
  return me
}

const isCut = (how: Behaviour): how is { cut: readonly string[] } => typeof how === 'object' && 'cut' in how

function failureOf(how: Behaviour, provider: string): ProviderError | null {
  if (how === 'budget')
    return new ProviderError('rate_limited', 'the budget is spent', {
      provider,
      origin: 'budget',
      retryAfterMs: 900,
    })
  if (typeof how !== 'object') return null
  if ('error' in how)
    return new ProviderError(how.error, `${provider} said ${how.error}`, {
      provider,
      retryAfterMs: how.retryAfterMs,
    })
  return 'cut' in how ? new ProviderError('unavailable', 'a piece did not come', { provider }) : null
}

const waitOf = (how: Behaviour, latencyMs: number): number => {
  if (how === 'hang' || how === 'deaf') return 3_600_000
  return typeof how === 'object' && 'slowMs' in how ? how.slowMs : latencyMs
}

function has(how: Behaviour, refs: readonly SymbolRef[]): readonly SymbolRef[] {
  if (how === 'empty') return []
  if (typeof how !== 'object') return refs
  const some = 'only' in how ? how.only : 'cut' in how ? how.cut : null
  return some ? refs.filter((ref) => some.includes(ref.symbol)) : refs
}

/** Rows that carry their source's name as feed: who really made them can be seen. */
class Rows {
  readonly #name: string
  readonly #o: ScriptedOptions

  constructor(name: string, o: ScriptedOptions) {
    this.#name = name
    this.#o = o
  }

  quotes(refs: readonly SymbolRef[], how: Behaviour): Quote[] {
    return refs.map((ref) => ({
      assetClass: ref.assetClass,
      symbol: how === 'wrong_symbol' ? `NOT-${ref.symbol}` : ref.symbol,
      ts: this.#o.time.clock.now() - 1_000_000,
      tsOrigin: 'vendor',
      last: how === 'no_price' ? null : (this.#o.price ?? 100),
      bid: null,
      ask: null,
      bidSize: null,
      askSize: null,
      volume: null,
      feed: `${this.#name}-feed`,
      delayedMinutes: this.#o.access?.delayedMinutes ?? 0,
      currency: this.#o.currency ?? 'USD',
    }))
  }

  snapshots(refs: readonly SymbolRef[], how: Behaviour): Snapshot[] {
    const rest = { minuteBar: null, day: null, sessionDate: '2026-11-20', previousClose: null }
    return this.quotes(refs, how).map((quote) => ({ quote, ...rest }))
  }

  bars(refs: readonly SymbolRef[], how: Behaviour): Bar[] {
    return refs.flatMap((ref) =>
      BAR_DATES.map((sessionDate, i): Bar => {
        const price = (this.#o.price ?? 100) + i
        const basis = this.#o.basis ?? 'split'
        return {
          assetClass: ref.assetClass,
          symbol: how === 'wrong_symbol' ? `NOT-${ref.symbol}` : ref.symbol,
          timeframe: '1d',
          ts: Date.parse(`${sessionDate}T00:00:00Z`) * 1000,
          sessionDate,
          open: price,
          high: price,
          low: price,
          close: price,
          volume: 1000,
          basis: how === 'mixed' && i === 0 ? (basis === 'raw' ? 'split' : 'raw') : basis,
          feed: `${this.#name}-feed`,
          final: true,
        }
      }),
    )
  }
}

export const symbolsOf = (refs: readonly SymbolRef[]): string[] => refs.map(refKey)
