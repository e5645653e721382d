import type { FundamentalPeriod } from '@onetape/market'
import clsx from 'clsx'
import { SparkBars } from '../ui/SparkBars.tsx'
import { toneOf } from './Direction.tsx'
import { type FigureRow, formatFigure, labelOf, type Span, statementTable } from './fundamental-figures.ts'
import { formatPercent, UNKNOWN } from './number-format.ts'
import { formatTradingDate } from './time-format.ts'

/** From which width of its place on a period is shown; the newest always is. */
const FROM = [
  '',
  'hidden @min-[430px]:table-cell',
  'hidden @min-[520px]:table-cell',
  'hidden @min-[610px]:table-cell',
  'hidden @min-[700px]:table-cell',
  'hidden @min-[790px]:table-cell',
  'hidden @min-[880px]:table-cell',
  'hidden @min-[970px]:table-cell',
]

/** Statements: a row for each figure, a column for each period, newest first, and the trend in small. */
export function StatementTable({
  periods: all,
  span,
}: {
  periods: readonly FundamentalPeriod[]
  span: Span
}) {
  const { periods, groups } = statementTable(all, span)
  return (
    <table className="w-full text-xs tabular-nums">
      <caption className="sr-only">Statements by period, newest first</caption>
      <thead className="sticky top-0 z-10 bg-sunken text-[11px] text-muted">
        <tr className="h-[30px] border-b border-line-strong">
          <th scope="col" className="px-3 text-left font-medium">
            {span === 'annual' ? 'Year to' : 'Period to'}
          </th>
          <th scope="col" className="px-2 text-left font-medium">
            Trend
          </th>
          <th
            scope="col"
            title="Newest against the same period a year before"
            className="px-2 text-right font-medium"
          >
            On the year
          </th>
          {periods.map((period, index) => (
            <th
              key={period.endDate}
              scope="col"
              className={clsx('px-3 text-right font-medium whitespace-nowrap', FROM[index])}
            >
              {formatTradingDate(period.endDate)}
            </th>
          ))}
        </tr>
      </thead>
      {groups.map((group) => (
        <tbody key={group.title}>
          <tr>
            <th
              scope="rowgroup"
              colSpan={3 + periods.length}
              className="px-3 pt-3 pb-1 text-left text-[13px] font-semibold"
            >
              {group.title}
            </th>
          </tr>
          {group.rows.map((row) => (
            <Row key={row.item} row={row} />
          ))}
        </tbody>
      ))}
    </table>
  )
}

const Row = ({ row }: { row: FigureRow }) => (
  <tr className="h-7 border-t border-line hover:bg-hover">
    <th scope="row" className="px-3 text-left font-normal whitespace-nowrap">
      {labelOf(row.item)}
    </th>
    <td className="px-2">
      <SparkBars values={[...row.values].reverse()} />
    </td>
    <td className={clsx('px-2 text-right whitespace-nowrap', toneOf(row.yearChange))}>
      {row.yearChange === null ? UNKNOWN : formatPercent(row.yearChange * 100)}
    </td>
    {row.values.map((value, index) => (
      <td
        // biome-ignore lint/suspicious/noArrayIndexKey: a period's place.
        key={index}
        className={clsx('px-3 text-right whitespace-nowrap', FROM[index], index === 0 && 'font-semibold')}
      >
        {formatFigure(row.item, value)}
      </td>
    ))}
  </tr>
)
