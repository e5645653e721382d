// Which source streams which instruments: each instrument from one source, the first of the house order whose plan
// streams its asset class and has room for another symbol; the most urgent instruments choose first. Pure.
import type { Instrument } from '@onetape/db'
import type { AssetClass } from '@onetape/market'
import { tierOf } from '@onetape/providers'
import { accessOf, type Source } from '../ingest/ask-source.ts'
import { HOUSE_ORDER } from '../ingest/house-order.ts'

/** More than any plan's connection carries well. */
const SYMBOLS_MAX = 10_000

export const canStream = (source: Source, assetClass: AssetClass): boolean =>
  source.provider.streamQuotes !== undefined &&
  source.provider.getCapabilities().byAssetClass[assetClass]?.stream === true &&
  accessOf(source, assetClass, 'stream') !== null

export const streamRoom = ({ provider, tier }: Source): number =>
  tierOf(provider.getCapabilities(), tier).streamSymbolsMax ?? SYMBOLS_MAX

/**
 * @param o.instruments the most urgent first.
 * @param o.isOut sources whose stream was refused lately.
 */
export function pickStreams(o: {
  instruments: readonly Instrument[]
  sources: ReadonlyMap<string, Source>
  isOut(source: string): boolean
}): Map<string, Instrument[]> {
  const picked = new Map<string, Instrument[]>()
  for (const instrument of o.instruments) {
    const { assetClass } = instrument
    const name = HOUSE_ORDER[assetClass].find((candidate) => {
      const source = o.sources.get(candidate)
      if (!source || o.isOut(candidate) || !canStream(source, assetClass)) return false
      return (picked.get(candidate)?.length ?? 0) < streamRoom(source)
    })
    if (name === undefined) continue
    const list = picked.get(name)
    if (list) list.push(instrument)
    else picked.set(name, [instrument])
  }
  return picked
}
