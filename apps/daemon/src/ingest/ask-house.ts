/**
 * Asks the house's sources for snapshots, in bulk and in house order: one call for the whole market where the vendor
 * allows it, lists otherwise. What one source lacks is asked from the next, and only that. Never throws a vendor's
 * error: the breaker has heard of it, and the answer says what is still missing.
 */
import type { AssetClass, Snapshot, SymbolRef } from '@onetape/market'
import type { Capability, Fetched } from '@onetape/providers'
import { type AbleSource, ableSources } from './able-sources.ts'
import { askSource, type House, type Source } from './ask-source.ts'
import { type AttemptTrail, createAttemptTrail } from './attempt-trail.ts'

export interface Answer {
  source: Source
  capability: Capability
  /** What was asked for. */
  refs: readonly SymbolRef[] | 'all'
  fetched: Fetched<Snapshot>
}

export interface HouseAnswer {
  answers: Answer[]
  /** Symbols that no source answered for. */
  missing: SymbolRef[]
  /** Who was asked and who was left alone. */
  trail: AttemptTrail
}

/** Longer lists cost more than the whole market in one body. */
export const LIST_MAX = 250
/** Most symbols asked from a fallback in one sweep, the most urgent first: it answers a hundred at a time. */
const FALLBACK_SYMBOLS_MAX = 2_000

/** The sources that may be asked for snapshots of an asset class now, in house order. */
export const sourcesFor = (
  house: House,
  assetClass: AssetClass,
  trail?: AttemptTrail,
): Generator<AbleSource> =>
  ableSources(house, { assetClass, kind: 'quotes', has: ({ snapshots }) => snapshots !== null, trail })

/** Whether anybody may be asked for them now. */
export const canAsk = (house: House, assetClass: AssetClass): boolean =>
  sourcesFor(house, assetClass).next().done !== true

/** @param refs house symbols, the most urgent first. */
export async function askHouse(
  house: House,
  o: { assetClass: AssetClass; refs: readonly SymbolRef[]; signal: AbortSignal },
): Promise<HouseAnswer> {
  const answers: Answer[] = []
  const trail = createAttemptTrail(house.wall)
  let missing = [...o.refs]
  for (const { source, capability } of sourcesFor(house, o.assetClass, trail)) {
    const calls = callsFor(
      source,
      capability,
      worthAsking(house, { source, capability, missing, isFirst: answers.length === 0 }),
    )
    for (const refs of calls) {
      const answered = await ask(house, source, { ...o, refs, missing, trail })
      if (!answered) break
      const { fetched } = answered
      answers.push({ source, capability, refs, fetched })
      if (refs !== 'all') house.absent.note(source.name, fetched.missing)
      missing = answered.missing
      if (fetched.failure) break
    }
    if (missing.length === 0) break
  }
  return { answers, missing, trail }
}

const without = (refs: readonly SymbolRef[], { rows }: Fetched<Snapshot>): SymbolRef[] => {
  const found = new Set(rows.map((row) => row.quote.symbol))
  return refs.filter((ref) => !found.has(ref.symbol))
}

/** All of them where one call will do; a fallback and a long list leave out what the source just lacked. */
function worthAsking(
  house: House,
  o: { source: Source; capability: Capability; missing: SymbolRef[]; isFirst: boolean },
): SymbolRef[] {
  if (o.isFirst && callsFor(o.source, o.capability, o.missing).length === 1) return o.missing
  return house.absent.without(o.source.name, o.missing).slice(0, FALLBACK_SYMBOLS_MAX)
}

function callsFor(source: Source, capability: Capability, refs: SymbolRef[]): (SymbolRef[] | 'all')[] {
  if (capability.snapshots === 'market' && refs.length > LIST_MAX) return ['all']
  const max =
    capability.snapshots === 'single' ? 1 : (source.provider.getCapabilities().snapshotSymbolsMax ?? LIST_MAX)
  const size = Math.min(max, LIST_MAX)
  return Array.from({ length: Math.ceil(refs.length / size) }, (_, i) => refs.slice(i * size, (i + 1) * size))
}

/** @returns what came, and which of the missing are still. */
async function ask(
  house: House,
  source: Source,
  o: {
    assetClass: AssetClass
    refs: SymbolRef[] | 'all'
    missing: readonly SymbolRef[]
    signal: AbortSignal
    trail: AttemptTrail
  },
): Promise<{ fetched: Fetched<Snapshot>; missing: SymbolRef[] } | null> {
  const asked = o.refs === 'all' ? o.missing.length : o.refs.length
  let missing = [...o.missing]
  const served = (fetched: Fetched<Snapshot>) => {
    missing = without(o.missing, fetched)
    return o.missing.length - missing.length
  }
  const fetched = await askSource(house, source, {
    kind: 'quotes',
    assetClass: o.assetClass,
    priority: 'live',
    signal: o.signal,
    call: (options) => source.provider.getSnapshots({ assetClass: o.assetClass, refs: o.refs }, options),
    noted: { trail: o.trail, asked, served },
  })
  return fetched && { fetched, missing }
}
