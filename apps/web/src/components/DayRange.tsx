import type { QuoteRow } from '@onetape/api/router'

/** Where the last price stands between the day's low and high. */
export function DayRange({ row, className }: { row: QuoteRow; className?: string }) {
  const { dayLow, dayHigh, last } = row
  if (dayLow === null || dayHigh === null || last === null || dayHigh <= dayLow) return null
  const at = Math.min(1, Math.max(0, (last - dayLow) / (dayHigh - dayLow)))
  return (
    <span
      role="img"
      aria-label={`${Math.round(at * 100)} percent of the day's range`}
      className={`relative block h-1 rounded-full bg-line-strong ${className ?? ''}`}
    >
      <span
        className="absolute top-1/2 h-2.5 w-[3px] -translate-x-1/2 -translate-y-1/2 rounded-full bg-ink"
        style={{ left: `${at * 100}%` }}
      />
    </span>
  )
}
