// Everything that is known of each source that an order may name, put together by name.
import { useMySources, useOrders, useOutages } from '../../api/mine.ts'
import { useSources } from '../../api/sources.ts'
import { useWallNow } from '../market-clock.ts'
import type { KnownSource } from './source-standing.ts'

export function useKnownSources(): ReadonlyMap<string, KnownSource> {
  const orders = useOrders().data
  const reports = useSources().data?.sources
  const mine = useMySources().data
  const outages = useActiveOutages()
  return new Map(
    (orders?.sources ?? []).map((source) => [
      source.name,
      {
        source,
        report: reports?.find((r) => r.name === source.name && r.owner === source.owner),
        mine: source.owner === 'user' ? mine?.find((m) => m.name === source.name) : undefined,
        outage: outages.find((o) => o.source === source.name),
      },
    ]),
  )
}

/** Those that have not run out since they were read. */
export function useActiveOutages() {
  const outages = useOutages().data ?? []
  const now = useWallNow()
  return outages.filter((o) => now === null || o.until > now)
}
