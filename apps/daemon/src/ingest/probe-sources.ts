// Finds out whether a source that failed is back, although nobody needs it just now: a fallback that stays silent because
// the first source answers would be called failing for ever, and be unproved when it is wanted.
import type { AssetClass, SymbolRef } from '@onetape/market'
import { healthScopeOf } from '@onetape/providers'
import { accessOf, askSource, type House, type Source } from './ask-source.ts'
import { SWEPT_ASSET_CLASSES } from './house-order.ts'

export interface ProbeOptions {
  /** A symbol that every vendor of the class knows; null where the tape has none. */
  symbolOf(assetClass: AssetClass): SymbolRef | null
  signal: AbortSignal
}

/** One question to each source that failed last and whose breaker lets one through. @returns the sources asked. */
export async function probeSources(house: House, o: ProbeOptions): Promise<string[]> {
  const failed = house.states.list().filter((s) => s.status === 'failing' || s.status === 'unreachable')
  const asked = failed.map(async ({ name }) => {
    const source = house.sources.get(name)
    const question = source && questionOf(source, o)
    if (!source || !question) return null
    const { assetClass, ref } = question
    if (!house.health.ready(name, healthScopeOf('quotes', assetClass)).ready) return null
    await askSource(house, source, {
      kind: 'quotes',
      assetClass,
      priority: 'repair',
      signal: o.signal,
      call: (options) => source.provider.getQuotes([ref], options),
    })
    return name
  })
  return (await Promise.all(asked)).filter((name) => name !== null)
}

function questionOf(source: Source, o: ProbeOptions): { assetClass: AssetClass; ref: SymbolRef } | null {
  const { byAssetClass } = source.provider.getCapabilities()
  for (const assetClass of SWEPT_ASSET_CLASSES) {
    if (!byAssetClass[assetClass]?.quotes || !accessOf(source, assetClass, 'quotes')) continue
    const ref = o.symbolOf(assetClass)
    if (ref) return { assetClass, ref }
  }
  return null
}
