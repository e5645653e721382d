// The bars of one series: history in pages, older ones on demand, and the newest few asked for again and again,
// because the tape corrects what live quotes only sketched.
import type { BarSeries, SeriesBar } from '@onetape/api/router'
import type { Basis, Timeframe } from '@onetape/market'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client } from '../api/trpc.ts'
import { mergeBars } from './bar-series.ts'

/**
 * Which series is drawn, as an address says it. Without a timeframe: a short one where there are live quotes, days
 * where only history is. Without a source or basis the tape chooses, and says which it took.
 */
export interface SeriesChoice {
  tf?: Timeframe
  source?: string
  basis?: Basis
}

interface SeriesRequest {
  key: string
  timeframe: Timeframe
  source?: string
  basis?: Basis
}

const PAGE_BARS = 500
const TAIL_BARS = 30
const TAIL_EVERY_MS = 15_000

export interface Bars {
  /** What the tape chose, or was told to; undefined until the first page is here. */
  series: BarSeries | undefined
  bars: SeriesBar[]
  error: unknown
  retry: () => void
  /** Asks for a page of older bars, unless one is on its way or there are none. */
  loadOlder: () => void
  isLoadingOlder: boolean
}

export function useBars({ key, timeframe, source, basis }: SeriesRequest): Bars {
  const pages = useInfiniteQuery({
    queryKey: ['bars', key, timeframe, source ?? null, basis ?? null],
    queryFn: ({ pageParam, signal }) =>
      client.series.get.query({ key, timeframe, source, basis, to: pageParam, limit: PAGE_BARS }, { signal }),
    initialPageParam: undefined as number | undefined,
    // Until a page holds nothing older: a short page may only mean that a night or a gap lies in it.
    getNextPageParam: (page, _pages, askedTo) => {
      const oldest = page.bars[0]?.ts
      return oldest !== undefined && oldest !== askedTo ? oldest : undefined
    },
    staleTime: 60_000,
  })
  const series = pages.data?.pages[0]
  const tail = useQuery({
    queryKey: ['bars', key, timeframe, series?.source ?? null, series?.basis ?? null, 'tail'],
    queryFn: ({ signal }) =>
      client.series.get.query(
        {
          key,
          timeframe,
          source: series?.source ?? undefined,
          basis: series?.basis ?? undefined,
          limit: TAIL_BARS,
        },
        { signal },
      ),
    enabled: series !== undefined,
    refetchInterval: TAIL_EVERY_MS,
    retry: false,
  })
  const bars = useMemo(
    () =>
      mergeBars(
        ...(pages.data?.pages ?? []).map((page) => page.bars).reverse(),
        tail.data && series ? tail.data.bars : [],
      ),
    [pages.data, tail.data, series],
  )
  return {
    series,
    bars,
    error: series ? null : pages.error,
    retry: () => void pages.refetch(),
    loadOlder: () => {
      if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage()
    },
    isLoadingOlder: pages.isFetchingNextPage,
  }
}
