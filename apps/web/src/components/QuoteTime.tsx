import type { QuoteRow } from '@onetape/api/router'
import { DAY_US } from '@onetape/market'
import { useAtMarketTime } from './market-clock.ts'
import { eventAge } from './quote-freshness.ts'
import { formatClock, formatDay, formatInstant, formatSpan, NEW_YORK } from './time-format.ts'

/** Age of a quote's event, counting. */
export function QuoteAge({ row }: { row: QuoteRow }) {
  return useAtMarketTime((now) => formatSpan(eventAge(row, now)))
}

/** Event time on New York's clock (its day once it is older than one) and the age beside it. */
export function QuoteTime({ row }: { row: QuoteRow }) {
  const isOld = useAtMarketTime((now) => eventAge(row, now) >= DAY_US)
  return (
    <span title={formatInstant(row.ts, NEW_YORK)} className="inline-flex gap-2">
      <span>{isOld ? formatDay(row.ts, NEW_YORK) : formatClock(row.ts, NEW_YORK)}</span>
      <span className="w-13 text-right text-muted">
        <QuoteAge row={row} />
      </span>
    </span>
  )
}
