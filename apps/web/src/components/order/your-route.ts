// The symbols whose route is watched, kept in this browser, and what was heard of it while the page was open.
import type { SnapshotAnswer } from '@onetape/api/router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { trpc } from '../../api/trpc.ts'
import { EMPTY_LOG, noteRoute, ROUTE_EVERY_MS, type RouteLog } from './route-events.ts'

export interface Watched {
  key: string
  symbol: string
}

export const WATCHED_MAX = 6
const STORED_AS = 'onetape.route'
const FIRST: Watched[] = [
  { key: 'equity:US:AAPL', symbol: 'AAPL' },
  { key: 'equity:US:MSFT', symbol: 'MSFT' },
  { key: 'crypto:BTC-USD', symbol: 'BTC-USD' },
]

function stored(): Watched[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? 'null')
    if (!Array.isArray(read)) return FIRST
    return read
      .filter((w): w is Watched => typeof w?.key === 'string' && typeof w?.symbol === 'string')
      .slice(0, WATCHED_MAX)
  } catch {
    return FIRST
  }
}

let watched = stored()
let log: RouteLog = EMPTY_LOG
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function setWatched(next: readonly Watched[]): void {
  watched = next.slice(0, WATCHED_MAX)
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(watched))
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  tell()
}

export const useWatched = (): Watched[] => useSyncExternalStore(subscribe, () => watched)
export const useRouteLog = (): RouteLog => useSyncExternalStore(subscribe, () => log)

export type RoutedRow = SnapshotAnswer['rows'][number]

/** Who answers for these symbols now, asked every two seconds while somebody looks. Spends calls. */
export function useYourRoute(keys: readonly string[], isOn: boolean) {
  const answer = useQuery({
    ...trpc.snapshot.queryOptions({ keys: [...keys] }),
    enabled: isOn && keys.length > 0,
    staleTime: 0,
    refetchInterval: ROUTE_EVERY_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
    retry: false,
  })
  const { data, dataUpdatedAt } = answer
  useEffect(() => {
    if (!data) return
    const next = noteRoute(log, data.rows, dataUpdatedAt)
    log = next
    tell()
  }, [data, dataUpdatedAt])
  return answer
}

/** What is shown as the price of a row: the trade, or the middle of the bid and the ask where nothing trades. */
export function lastOf({ snapshot }: Pick<RoutedRow, 'snapshot'>): number | null {
  if (!snapshot) return null
  const { last, bid, ask } = snapshot.quote
  if (last !== null) return last
  return bid !== null && ask !== null ? (bid + ask) / 2 : null
}
