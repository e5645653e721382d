// The symbols that a stream shall carry, which may change while it runs.
import type { SymbolRef } from '@onetape/market'
import { refKey } from './conflating-queue.ts'
import type { Subscriptions } from './contract.ts'

export interface Wanted extends Subscriptions {
  /** @returns what changed, and whether somebody heard of it; null when nothing did. */
  set(refs: readonly SymbolRef[]): { added: SymbolRef[]; removed: SymbolRef[]; isHeard: boolean } | null
  /** The listeners belong to a connection that is gone. */
  forgetListeners(): void
}

export function createWanted(refs: readonly SymbolRef[]): Wanted {
  let current = unique(refs)
  const listeners = new Set<(change: { added: SymbolRef[]; removed: SymbolRef[] }) => void>()
  return {
    current: () => [...current.values()],
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(refs) {
      const next = unique(refs)
      const added = [...next].filter(([key]) => !current.has(key)).map(([, ref]) => ref)
      const removed = [...current].filter(([key]) => !next.has(key)).map(([, ref]) => ref)
      current = next
      if (added.length + removed.length === 0) return null
      for (const listener of listeners) listener({ added, removed })
      return { added, removed, isHeard: listeners.size > 0 }
    },
    forgetListeners: () => listeners.clear(),
  }
}

const unique = (refs: readonly SymbolRef[]): Map<string, SymbolRef> =>
  new Map(refs.map(({ assetClass, symbol }) => [refKey({ assetClass, symbol }), { assetClass, symbol }]))
