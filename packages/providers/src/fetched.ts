import type { AssetClass, SymbolRef } from '@onetape/market'
import type { Fetched } from './contract.ts'

/** Several answers as one; `fetchedAt` is when the last of them was complete. */
export function joinFetched<T>(parts: readonly Fetched<T>[], now: number): Fetched<T> {
  const failure = parts.find((p) => p.failure)?.failure
  return {
    rows: parts.flatMap((p) => p.rows),
    dropped: parts.flatMap((p) => p.dropped),
    missing: parts.flatMap((p) => p.missing),
    fetchedAt: Math.max(...parts.map((p) => p.fetchedAt), parts.length === 0 ? now : 0),
    calls: parts.reduce((sum, p) => sum + p.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

/** Refs by asset class: vendors have one endpoint for each. */
export function byAssetClass(refs: readonly SymbolRef[]): { assetClass: AssetClass; refs: SymbolRef[] }[] {
  const groups = new Map<AssetClass, SymbolRef[]>()
  for (const ref of refs) {
    const group = groups.get(ref.assetClass)
    if (group) group.push(ref)
    else groups.set(ref.assetClass, [ref])
  }
  return [...groups].map(([assetClass, members]) => ({ assetClass, refs: members }))
}
