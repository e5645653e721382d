// What the Market page shows of the tape, as it was at most a second ago: rows must not jump about under the
// reader's eyes, and nothing that looks at all of 8,000 rows is done more often.
import type { QuoteRow } from '@onetape/api/router'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { healthQuery, tapeQuery } from '../api/tape.ts'
import { marketNow } from './market-clock.ts'
import type { MarketQuery } from './market-order.ts'
import { StandingOrder } from './standing-order.ts'

const SETTLE_EVERY_MS = 1_000

/** The tape at one moment. The Map goes on moving; `version` says when to look at it again. */
export interface SettledTape {
  rows: ReadonlyMap<string, QuoteRow>
  version: number
  now: number | null
}

export function useSettledTape(): SettledTape | null {
  const queryClient = useQueryClient()
  const isThere = useQuery({ ...tapeQuery, select: (tape) => tape.version > 0 }).data ?? false
  const [settled, setSettled] = useState<SettledTape | null>(null)
  useEffect(() => {
    if (!isThere) return
    const settle = () => {
      const tape = queryClient.getQueryData(tapeQuery.queryKey)
      const report = queryClient.getQueryData(healthQuery.queryKey)
      if (tape) setSettled({ ...tape, now: report ? marketNow(report, Date.now()) : null })
    }
    settle()
    const timer = setInterval(settle, SETTLE_EVERY_MS)
    return () => clearInterval(timer)
  }, [isThere, queryClient])
  return settled
}

/** Keys in order. A new query is answered at once; the prices' own moves as `isHeld` allows. */
export function useMarketOrder(
  tape: SettledTape | null,
  query: MarketQuery,
  isHeld: () => boolean,
): readonly string[] {
  const [order] = useState(() => new StandingOrder())
  return useMemo(
    () => (tape ? order.update({ rows: tape.rows, query, now: tape.now, isHeld: isHeld() }) : []),
    [tape, query, order, isHeld],
  )
}
