import type { SymbolRef } from '@onetape/market'

/** Vendor symbols asked for, each with the house's name that it stands for. */
export interface Asked {
  refs: Map<string, SymbolRef>
  /** Refs that the vendor's grammar cannot express: asking would be pointless. */
  unspeakable: SymbolRef[]
}

export function askedFor(refs: readonly SymbolRef[], spell: (ref: SymbolRef) => string | null): Asked {
  const asked: Asked = { refs: new Map(), unspeakable: [] }
  for (const ref of refs) {
    const spelled = spell(ref)
    if (spelled === null) asked.unspeakable.push(ref)
    else asked.refs.set(spelled, ref)
  }
  return asked
}

/** What was asked for and is neither among the vendor symbols that came nor unspeakable to begin with. */
export const missingOf = (asked: Asked, came: ReadonlySet<string>): SymbolRef[] => [
  ...asked.unspeakable,
  ...[...asked.refs].filter(([spelled]) => !came.has(spelled)).map(([, ref]) => ref),
]
