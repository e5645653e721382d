import { formatFigure } from './fundamental-figures.ts'

/** Where the last price stands between the year's low and high. */
export function WeekRange({ low, high, last }: { low: number; high: number; last: number | null }) {
  const at = last === null || high <= low ? null : Math.min(1, Math.max(0, (last - low) / (high - low)))
  return (
    <span className="flex items-center gap-2">
      {formatFigure('week52Low', low)}
      <span
        role="img"
        aria-label={at === null ? 'no price' : `${Math.round(at * 100)} percent of the year's range`}
        className="relative block h-1 w-20 rounded-full bg-line-strong"
      >
        {at !== null && (
          <span
            className="absolute top-1/2 h-2.5 w-[3px] -translate-x-1/2 -translate-y-1/2 rounded-full bg-ink"
            style={{ left: `${at * 100}%` }}
          />
        )}
      </span>
      {formatFigure('week52High', high)}
    </span>
  )
}
