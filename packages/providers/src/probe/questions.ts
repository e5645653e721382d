// The questions of a probe, each with what its answer says about the plan.
import { type AssetClass, type Clock, DAY_US, type Timeframe } from '@onetape/market'
import type { Capability } from '../capability.ts'
import type { Fetched, OptionsChain, ProviderDefinition } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import type { Heard, Inquiry } from './inquiry.ts'
import { deepTimeframe, rungsOf, samplesOf, windowAt } from './samples.ts'
import { daysWords, quoteWords, type SeenQuote, sampleFrom } from './seen-quote.ts'

export interface Asking {
  inquiry: Inquiry
  definition: ProviderDefinition
  marketClock: Clock
}

/** Rows that came, or the error that kept all of them away. */
function rowsOf<T>({ rows, failure }: Fetched<T>): T[] {
  if (rows.length === 0 && failure) throw failure
  return rows
}

const sampleOf = ({ definition }: Asking, assetClass: AssetClass, capability: Capability) =>
  samplesOf(assetClass, capability, definition.probe?.samples?.[assetClass])

/** `not_entitled` where no plan that still fits has prices of this class. */
export async function askQuote(
  asking: Asking,
  assetClass: AssetClass,
  capability: Capability,
): Promise<SeenQuote | Exclude<Heard<SeenQuote>['state'], 'found'>> {
  const { inquiry, definition, marketClock } = asking
  const symbols = sampleOf(asking, assetClass, capability)
  const { tiers } = definition.capabilities
  for (const _tier of tiers) {
    const asked = inquiry.tier
    const access = asked.access[assetClass]?.quotes
    if (!access) return 'refused'
    const heard = await inquiry.ask<SeenQuote>(
      { what: `the price of ${symbols[0]}`, assetClass, kind: 'quotes' },
      async (provider, call) => {
        const refs = symbols.map((symbol) => ({ assetClass, symbol }))
        const rows = rowsOf(await provider.getQuotes(refs, call))
        return sampleFrom(rows, symbols[0]!, { assetClass, now: marketClock.now(), tiers })
      },
      quoteWords,
    )
    if (heard.state === 'found') {
      const { delayedMinutes } = heard.value
      inquiry.evidence.push({ assetClass, kind: 'quotes', saw: 'granted', delayedMinutes })
      return heard.value
    }
    if (heard.state !== 'refused') return heard.state
    inquiry.evidence.push({ assetClass, kind: 'quotes', saw: 'refused', feed: access.feed })
    if (inquiry.tier === asked) return 'refused'
  }
  return 'refused'
}

/** Days back at which a bar was seen; null where none was; undefined where nobody could ask. */
export async function askDepth(
  asking: Asking,
  assetClass: AssetClass,
  { capability, timeframe }: { capability: Capability; timeframe: Timeframe },
): Promise<number | null | undefined> {
  const { inquiry, marketClock } = asking
  const symbol = sampleOf(asking, assetClass, capability)[0]!
  let last = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const access = inquiry.tier.access[assetClass]?.charts
    const days = access && rungsOf(access, capability, timeframe).find((rung) => rung < last)
    if (days === undefined) return null
    last = days
    const now = marketClock.now()
    const heard = await inquiry.ask<number>(
      { what: `${timeframe} bars of ${symbol}, ${daysWords(days)} back`, assetClass, kind: 'charts' },
      async (provider, call) => {
        const bars = rowsOf(
          await provider.getBars(windowAt(days, { assetClass, symbol, timeframe, now }), call),
        )
        const oldest = bars.reduce((a, { ts }) => Math.min(a, ts), Number.POSITIVE_INFINITY)
        return Number.isFinite(oldest) ? Math.floor((now - oldest) / DAY_US) : null
      },
      (seen) => `${daysWords(seen)} back`,
    )
    if (heard.state === 'found') {
      const depthDays = Math.min(days, heard.value)
      inquiry.evidence.push({ assetClass, kind: 'charts', saw: 'granted', depthDays })
      return heard.value
    }
    if (heard.state === 'failed' || heard.state === 'unasked') return undefined
    if (heard.state === 'refused')
      inquiry.evidence.push({ assetClass, kind: 'charts', saw: 'refused', depthDays: days })
  }
  return null
}

const TRIES_MAX = 5

export const depthOf = (asking: Asking, assetClass: AssetClass, capability: Capability) => {
  const timeframe = deepTimeframe(capability)
  return timeframe ? askDepth(asking, assetClass, { capability, timeframe }) : Promise.resolve(null)
}

/** Whether company figures came; undefined where the plan's word has to do. */
export async function askFundamentals(
  asking: Asking,
  assetClass: AssetClass,
  capability: Capability,
): Promise<boolean | undefined> {
  const { inquiry } = asking
  const symbol = sampleOf(asking, assetClass, capability)[0]!
  const heard = await inquiry.ask<number>(
    { what: `company figures of ${symbol}`, assetClass, kind: 'fundamentals' },
    async (provider, call) => {
      const found = rowsOf(
        await offered(provider.getFundamentals, provider)({ ref: { assetClass, symbol } }, call),
      )
      const figures = found.reduce((n, row) => n + row.periods.length + Object.keys(row.current).length, 0)
      return figures === 0 ? null : figures
    },
    () => 'they are there',
  )
  return granted(asking, { assetClass, kind: 'fundamentals' }, heard)
}

/** The nearest expiry of an underlying; undefined where the plan's word has to do. */
export async function askOptions(
  asking: Asking,
  assetClass: AssetClass,
  capability: Capability,
): Promise<{ granted: boolean | undefined; quote: SeenQuote | null }> {
  const { inquiry, marketClock, definition } = asking
  const symbol = sampleOf(asking, assetClass, capability)[0]!
  const heard = await inquiry.ask<OptionsChain>(
    { what: `the options of ${symbol}`, assetClass, kind: 'options' },
    async (provider, call) => {
      const chain = await offered(provider.getOptionsChain, provider)({ ref: { assetClass, symbol } }, call)
      return rowsOf(chain).length === 0 ? null : chain
    },
    ({ rows, expirations }) => `${rows.length} contracts of ${expirations.length} expiries`,
  )
  const { tiers } = definition.capabilities
  const of = { assetClass: 'option', now: marketClock.now(), tiers } as const
  const quote = heard.state === 'found' ? sampleFrom(heard.value.rows, '', of) : null
  return { granted: granted(asking, { assetClass, kind: 'options' }, heard), quote }
}

function granted(
  { inquiry }: Asking,
  topic: { assetClass: AssetClass; kind: 'fundamentals' | 'options' },
  { state }: Heard<unknown>,
): boolean | undefined {
  if (state !== 'found' && state !== 'refused') return state === 'nothing' ? false : undefined
  inquiry.evidence.push({ ...topic, saw: state === 'found' ? 'granted' : 'refused' })
  return state === 'found'
}

/** How many instruments the vendor has of a class, where one call or a list of its own tells. */
export async function askSize(
  { inquiry }: Asking,
  assetClass: AssetClass,
  capability: Capability,
): Promise<number | null> {
  const whole = capability.snapshots === 'market' && inquiry.tier.access[assetClass]?.quotes !== undefined
  if (!whole && !(capability.reference && capability.snapshots === 'list')) return null
  const heard = await inquiry.ask<number>(
    { what: `the vendor's list of ${assetClass}`, assetClass, kind: 'quotes', aside: true },
    async (provider, call) => {
      const { rows, dropped, failure } = whole
        ? await provider.getSnapshots({ assetClass, refs: 'all' }, call)
        : await offered(provider.listInstruments, provider)(assetClass, call)
      if (failure) throw failure
      return rows.length + dropped.length || null
    },
    (size) => `${size} instruments`,
  )
  return heard.state === 'found' ? heard.value : null
}

/** A method that a vendor may leave out. */
function offered<F extends (...args: never[]) => unknown>(
  method: F | undefined,
  provider: { getName(): string },
): F {
  if (method) return method.bind(provider) as F
  const name = provider.getName()
  throw new ProviderError('unsupported', `${name} does not have it`, { provider: name })
}
