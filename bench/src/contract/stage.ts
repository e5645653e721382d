// Where a card plays: one provider, its simulated vendor, and the two clocks. The market stands in an open session.
import { type AssetClass, type Micros, microsFromIso, type SymbolRef } from '@onetape/market'
import {
  type IDataProvider,
  type ProviderDefinition,
  type ProviderDeps,
  ProviderError,
  type WireCall,
} from '@onetape/providers'
import type { FaultOrder, LoggedRequest, Simulator, VendorName } from '@onetape/simulator'

/** A Friday afternoon in New York: equities, forex and crypto all trade. */
export const MARKET_START: Micros = microsFromIso('2026-11-20T14:31:20-05:00')!

export const SYMBOLS: Readonly<Record<AssetClass, readonly string[]>> = {
  equity: ['AAPL', 'MSFT', 'KO', 'BRK.B', 'SPY'],
  crypto: ['BTC-USD', 'ETH-USD', 'SOL-USD'],
  fx: ['EUR-USD', 'GBP-USD', 'USD-JPY'],
  index: ['SPX'],
  option: [],
}

/** Symbols that trade all the time, for streams: a silence of all of them is no accident. */
export const BUSY: Readonly<Record<AssetClass, readonly string[]>> = {
  ...SYMBOLS,
  equity: ['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'META', 'AMD', 'GOOGL', 'JPM', 'KO'],
}

export const UNKNOWN: Readonly<Partial<Record<AssetClass, string>>> = {
  equity: 'ZZZQX',
  crypto: 'QQQZZ-USD',
  fx: 'XQX-USD',
}

export interface OpenOptions {
  credentials?: Record<string, string>
  timeoutMs?: number
  tier?: string
  budget?: ProviderDeps['budget']
}

export interface Stage extends AsyncDisposable {
  definition: ProviderDefinition
  simulator: Simulator
  marketClock: { now(): Micros }
  /** A provider with credentials that the vendor accepts, unless told otherwise; closed with the stage. */
  open(options?: OpenOptions): IDataProvider
  refs(assetClass: AssetClass): SymbolRef[]
  /** A fault at this vendor; all are cleared before the next card. */
  fault(order: Omit<FaultOrder, 'vendor'>): void
  /** Requests that the vendor saw since `mark`. */
  seenSince(mark: number): LoggedRequest[]
  mark(): number
  /** Hears of the calls of one question. */
  recorder(): { calls: WireCall[]; onCall(call: WireCall): void }
}

/** Credentials that the simulated vendors accept, and the same spelled so that they refuse. */
export function credentialsOf(
  definition: ProviderDefinition,
  kind: 'good' | 'wrong',
): Record<string, string> {
  const { settings, capabilities } = definition
  // An optional one keeps its default, but for a client number: vendors refuse some of those.
  const fields = settings.filter(
    ({ role, field }) =>
      role === 'credential' && (field === 'clientId' || capabilities.credentials.includes(field)),
  )
  return Object.fromEntries(
    fields.map(({ field, secret }) => {
      if (field === 'clientId' && !secret) return [field, kind === 'good' ? '7' : '900']
      return [field, kind === 'good' ? `demo-${field}-4f1c9a` : `wrong-${field}-4f1c9a`]
    }),
  )
}

export function openStage(definition: ProviderDefinition, simulator: Simulator, shiftUs: number): Stage {
  const opened: IDataProvider[] = []
  const marketClock = { now: () => Date.now() * 1000 + shiftUs }
  const vendor = definition.name as VendorName
  let lastSeen = 0
  return {
    definition,
    simulator,
    marketClock,
    open(options = {}) {
      const provider = definition.create({
        fetch,
        marketClock,
        wallClock: { now: () => Date.now() * 1000 },
        random: Math.random,
        timeoutMs: options.timeoutMs ?? 20_000,
        baseUrls: simulator.endpoints[definition.name] ?? {},
        credentials: options.credentials ?? ownNumber(credentialsOf(definition, 'good'), opened.length),
        tier: options.tier,
        budget: options.budget,
      })
      opened.push(provider)
      return provider
    },
    refs: (assetClass) => SYMBOLS[assetClass].map((symbol) => ({ assetClass, symbol })),
    fault: (order) => void simulator.faults.add({ ...order, vendor }),
    mark() {
      lastSeen = simulator.requestsAfter(lastSeen).at(-1)?.id ?? lastSeen
      return lastSeen
    },
    seenSince: (mark) => simulator.requestsAfter(mark).filter((r) => r.vendor === vendor),
    recorder() {
      const calls: WireCall[] = []
      return { calls, onCall: (call) => void calls.push(call) }
    },
    async [Symbol.asyncDispose]() {
      for (const provider of opened) await provider.close?.().catch(() => {})
    },
  }
}

/** A client number is for one connection at a time. */
const ownNumber = (credentials: Record<string, string>, place: number): Record<string, string> =>
  /^\d+$/.test(credentials.clientId ?? '')
    ? { ...credentials, clientId: String(Number(credentials.clientId) + place) }
    : credentials

/** The typed error of a question that must fail. @throws Error when it does not, or fails otherwise. */
export async function refusalOf(question: Promise<unknown>): Promise<ProviderError> {
  try {
    await question
  } catch (error) {
    if (error instanceof ProviderError) return error
    throw new Error(
      `failed with ${(error as Error).name}: ${(error as Error).message}, which is no ProviderError`,
    )
  }
  throw new Error('was answered, where an error was expected')
}
