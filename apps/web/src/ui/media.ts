import { useSyncExternalStore } from 'react'

const queries = new Map<string, MediaQueryList>()

function listOf(query: string): MediaQueryList {
  let list = queries.get(query)
  if (!list) {
    list = matchMedia(query)
    queries.set(query, list)
  }
  return list
}

export const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (listener) => {
      listOf(query).addEventListener('change', listener)
      return () => listOf(query).removeEventListener('change', listener)
    },
    () => listOf(query).matches,
  )
