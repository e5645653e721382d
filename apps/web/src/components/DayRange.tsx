import type { QuoteRow } from '@onetape/api/router'
import type { CSSProperties } from 'react'

/** Where the last price stands between the day's low and high. */
export function DayRange({ row, className }: { row: QuoteRow; className?: string }) {
  const { dayLow, dayHigh, last } = row
  if (dayLow === null || dayHigh === null || last === null || dayHigh <= dayLow) return null
  const percent = Math.round(Math.min(1, Math.max(0, (last - dayLow) / (dayHigh - dayLow))) * 100)
  return (
    <span
      role="img"
      aria-label={`${percent} percent of the day's range`}
      className={`day-range ${className ?? ''}`}
      style={{ '--at': `${percent}%` } as CSSProperties}
    />
  )
}
