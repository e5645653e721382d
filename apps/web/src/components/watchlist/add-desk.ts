// Which instrument is about to be added to a list, if any: one dialog for whatever page asks for it.
import type { WatchlistItem } from '@onetape/api/router'
import { useSyncExternalStore } from 'react'

let open: WatchlistItem | null = null
const listeners = new Set<() => void>()

function set(item: WatchlistItem | null): void {
  open = item
  for (const tell of listeners) tell()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const openAddToList = ({ key, symbol, name, assetClass }: WatchlistItem): void =>
  set({ key, symbol, name, assetClass })
export const closeAddToList = (): void => set(null)
export const useAddedItem = (): WatchlistItem | null => useSyncExternalStore(subscribe, () => open)
