// The bars of one series: first the newest few hundred, then whatever part of its history a reader looks at, as fine as
// the screen can show. Asked for again and again where the newest bar is in it, because the tape corrects what live
// quotes only sketched.
import type { BarSeries, SeriesBar } from '@onetape/api/router'
import { type Basis, DAY_US, HOUR_US, type Timeframe } from '@onetape/market'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { client } from '../api/trpc.ts'
import { mergeBars } from './bar-series.ts'
import type { ChartWindow, Loaded } from './chart-window.ts'

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

const FIRST_BARS = 500
const TAIL_BARS = 30
const TAIL_EVERY_MS = 15_000

export interface Bars {
  /** What the tape chose, or was told to; undefined until the first bars are here. */
  series: BarSeries | undefined
  bars: SeriesBar[]
  /** Of the series, whatever part of it is drawn. */
  newest: SeriesBar | undefined
  /** Which part of the series they are. */
  loaded: Loaded
  error: unknown
  retry: () => void
  /** Asks for another part; what is drawn stays until it is here. Null: the newest bars, as at first. */
  look: (at: ChartWindow | null) => void
  isLoading: boolean
  /** The newest bars are asked for, as at first. */
  isFirst: boolean
}

export function useBars({ key, timeframe, source, basis }: SeriesRequest): Bars {
  const chosen = ['bars', key, timeframe, source ?? null, basis ?? null]
  const id = chosen.join(' ')
  const [looked, setLooked] = useState<{ id: string; at: ChartWindow } | null>(null)
  const at = looked?.id === id ? looked.at : null
  const first = useQuery({
    queryKey: chosen,
    queryFn: ({ signal }) =>
      client.series.get.query({ key, timeframe, source, basis, limit: FIRST_BARS }, { signal }),
    staleTime: 60_000,
  })
  // From here on the tape is told which series it is, or it might choose another one for another part.
  const own = {
    key,
    timeframe,
    source: first.data?.source ?? undefined,
    stored: first.data?.stored ?? undefined,
    // Where it cannot be put on that basis, every part of it stands as it is stored.
    basis: first.data?.converted ? basis : undefined,
  }
  const tail = useQuery({
    queryKey: [...chosen, 'tail', own.source ?? null, own.stored ?? null],
    queryFn: ({ signal }) => client.series.get.query({ ...own, limit: TAIL_BARS }, { signal }),
    enabled: first.data !== undefined && at === null,
    refetchInterval: TAIL_EVERY_MS,
    retry: false,
  })
  const part = useQuery({
    queryKey: [...chosen, 'part', own.source ?? null, own.stored ?? null, at?.from, at?.to, at?.points],
    queryFn: ({ signal }) =>
      client.series.get.query(
        { ...own, from: at!.from, to: at!.to ?? undefined, points: at!.points },
        { signal },
      ),
    enabled: first.data !== undefined && at !== null,
    placeholderData: (was, query) => (query?.queryKey.slice(0, 5).join(' ') === id ? was : undefined),
    refetchInterval: at?.to === null ? TAIL_EVERY_MS : false,
    staleTime: TAIL_EVERY_MS,
  })
  // A part without a bar (a night, a far past) leaves what was drawn.
  const shown = at && part.data && part.data.bars.length > 0 ? part.data : null
  const bars = useMemo(
    () => shown?.bars ?? mergeBars(first.data?.bars ?? [], tail.data?.bars ?? []),
    [shown, first.data, tail.data],
  )
  const series = useMemo(
    () =>
      first.data && {
        ...first.data,
        bars,
        resolution: (shown ?? first.data).resolution,
        cut: (shown ?? first.data).cut,
      },
    [first.data, shown, bars],
  )
  return {
    series,
    bars,
    newest: tail.data?.bars.at(-1) ?? first.data?.bars.at(-1),
    loaded: loadedOf(bars, {
      asked: shown && !part.isPlaceholderData ? at : null,
      series,
      shown: shown !== null,
    }),
    error: series ? null : first.error,
    retry: () => void first.refetch(),
    look: (next) => setLooked(next && { id, at: next }),
    isFirst: at === null,
    isLoading: part.isFetching && (part.isPlaceholderData || part.data === undefined),
  }
}

interface LoadedFacts {
  asked: ChartWindow | null
  series: BarSeries | undefined
  /** Whether a part is shown, and not the first bars. */
  shown: boolean
}

/** Longer than this no venue is closed: when nothing came for so long a time before the first bar, nothing lies there. */
const SILENCE_US = 12 * DAY_US

/** A series that is shorter than what was asked for has no older bars. */
function loadedOf(bars: readonly SeriesBar[], { asked, series, shown }: LoadedFacts): Loaded {
  const [oldest, newest] = [bars[0]?.ts ?? 0, bars.at(-1)?.ts ?? 0]
  const isFinest = series?.resolution.name === series?.timeframe
  if (!asked) {
    const from = !shown && bars.length < FIRST_BARS ? Number.NEGATIVE_INFINITY : oldest
    return { from, to: shown ? newest + HOUR_US : null, newest, isFinest }
  }
  const from = oldest - asked.from > SILENCE_US ? Number.NEGATIVE_INFINITY : asked.from
  return { from, to: asked.to, newest, isFinest }
}
