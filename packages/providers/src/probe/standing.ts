// How good a source is for one kind of data and asset class, and which of two goes first, with the reason. Pure.
import type { AssetClass, DataKind } from '@onetape/market'
import { tierOf } from '../capability.ts'
import { houseOrder } from '../house-order.ts'
import type { RoutedSource } from '../router/ports.ts'
import type { ClassFindings, ProbeFindings } from './findings.ts'
import { deepTimeframe } from './samples.ts'
import { daysWords } from './seen-quote.ts'

export interface Standing {
  name: string
  provider: string
  owner: 'house' | 'user'
  delayedMinutes: number
  feed: string | null
  /** Infinity where nothing limits it; null where nobody knows. */
  historyDays: number | null
}

interface Place {
  kind: DataKind
  assetClass: AssetClass
}

/** Null where the source does not have it. */
export function standingOfSource(source: RoutedSource, { kind, assetClass }: Place): Standing | null {
  const { name, provider, providerName, owner, tier } = source
  if (!provider) return null
  const capabilities = provider.getCapabilities()
  const capability = capabilities.byAssetClass[assetClass]
  const access = tierOf(capabilities, tier).access[assetClass]?.[kind]
  const offered = {
    quotes: capability?.quotes,
    charts: capability !== undefined && capability.bars.length > 0,
    fundamentals: capability?.fundamentals,
    options: capability?.options,
  }[kind]
  if (!capability || !access || !offered) return null
  const historyDays = Math.min(
    access.historyDays ?? Number.POSITIVE_INFINITY,
    capability.barsDays?.[deepTimeframe(capability) ?? '1d'] ?? Number.POSITIVE_INFINITY,
  )
  const { delayedMinutes, feed } = access
  return { name, provider: providerName, owner, delayedMinutes, feed, historyDays }
}

/** The new source as the probe saw it; null where it does not have it. */
export function standingOfFindings(
  findings: ProbeFindings,
  { kind, assetClass, name, provider }: Place & { name: string; provider: string },
): Standing | null {
  const seen = findings.classes.find((each) => each.assetClass === assetClass)
  if (!seen || !hasKind(seen, kind)) return null
  const options = findings.classes.find((each) => each.assetClass === 'option')
  const priced = kind === 'options' && options?.feed ? options : seen
  return {
    name,
    provider,
    owner: 'user',
    // Figures of a company are not late; a plan without prices gives days once they are over.
    delayedMinutes: kind === 'fundamentals' ? 0 : (priced.delayedMinutes ?? DAY_MINUTES),
    feed: kind === 'fundamentals' ? null : priced.feed,
    historyDays: seen.historyDays,
  }
}

const DAY_MINUTES = 24 * 60

function hasKind(seen: ClassFindings, kind: DataKind): boolean {
  if (kind === 'quotes') return seen.quotes === 'live' || seen.quotes === 'delayed'
  return seen[kind]
}

/** Tapes that see a part of the market only, or prices that are not the exchange's own. */
const PARTIAL: Readonly<Record<string, string>> = {
  iex: 'the IEX exchange alone',
  nfl: 'some venues only',
  indicative: 'indicative prices',
}

/** Depths that a chart shows as different; beyond the first nobody asks. */
const DEPTHS_DAYS = [3650, 1800, 700, 350, 30] as const
const depthOf = (days: number): number => DEPTHS_DAYS.filter((step) => days >= step * 0.95).length

const depthWords = (days: number): string => (Number.isFinite(days) ? daysWords(days) : 'all of it')
const lateWords = ({ delayedMinutes }: Standing): string =>
  delayedMinutes === 0
    ? 'real time'
    : delayedMinutes >= DAY_MINUTES
      ? 'end of day'
      : `${delayedMinutes} minutes late`
const tapeWords = ({ feed }: Standing): string =>
  PARTIAL[feed ?? ''] ?? `the whole market (${feed ?? 'its own'})`

/** Whether the new source goes before one that is there, and the first difference that decides. */
export function beats(
  mine: Standing,
  other: Standing,
  { kind, assetClass }: Place,
): { wins: boolean; because: string } {
  const partial = (each: Standing): number => (each.feed !== null && each.feed in PARTIAL ? 1 : 0)
  const [days, otherDays] = [mine.historyDays, other.historyDays]
  if (kind === 'charts' && days !== null && otherDays !== null && depthOf(days) !== depthOf(otherDays)) {
    const because = `history of ${depthWords(days)}, not ${depthWords(otherDays)}`
    return { wins: depthOf(days) > depthOf(otherDays), because }
  }
  if (mine.delayedMinutes !== other.delayedMinutes) {
    const wins = mine.delayedMinutes < other.delayedMinutes
    return { wins, because: `${lateWords(mine)}, not ${lateWords(other)}` }
  }
  if (partial(mine) !== partial(other)) {
    const wins = partial(mine) < partial(other)
    return { wins, because: `${tapeWords(mine)}, not ${tapeWords(other)}` }
  }
  if (mine.provider === other.provider) {
    const wins = other.owner === 'house'
    return { wins, because: wins ? "your own before the house's of the same vendor" : 'it was there first' }
  }
  const ranking = houseOrder[kind === 'options' ? 'option' : assetClass]
  const rank = ({ provider }: Standing): number => {
    const at = ranking.indexOf(provider)
    return at < 0 ? ranking.length : at
  }
  return { wins: rank(mine) < rank(other), because: "equally good, and the house's order says so" }
}
