// One record of a CSV to one bar, or why not.
import { type AssetClass, dateInZone, type Timeframe } from '@onetape/market'
import { type Moment, momentCell, numberCell } from './csv-cell.ts'
import type { CsvColumns } from './csv-columns.ts'
import type { LineResult } from './lean-row.ts'

export interface CsvContext {
  columns: CsvColumns
  assetClass: AssetClass
  timeframe: Timeframe
}

export const momentOf = (
  cells: readonly string[],
  context: Pick<CsvContext, 'columns' | 'assetClass'>,
): Moment | null => momentCell(cells[context.columns.when] ?? '', context.assetClass)

export function parseCsvRow(cells: readonly string[], context: CsvContext): LineResult {
  const { columns, timeframe } = context
  const moment = momentOf(cells, context)
  if (!moment) return { fault: `${shown(cells[columns.when])} is no date` }
  const values = { open: 0, high: 0, low: 0, close: 0 }
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    const cell = cells[columns[name]]
    const value = numberCell(cell ?? '')
    if (value === undefined) return { fault: `${name} ${shown(cell)} is not a number` }
    if (value === null) return { fault: `${name} is empty` }
    values[name] = value
  }
  const volumeCell = columns.volume === null ? '' : (cells[columns.volume] ?? '')
  const volume = numberCell(volumeCell)
  if (volume === undefined) return { fault: `volume ${shown(volumeCell)} is not a number` }
  const daily = timeframe === '1d'
  const ts = daily ? Date.parse(`${moment.date}T00:00:00Z`) * 1000 : moment.ts
  // A day is named by its cell; a minute's cell may be in any zone, the venue's own decides.
  const venueZone = context.assetClass === 'equity' ? 'America/New_York' : 'UTC'
  const sessionDate = daily ? moment.date : dateInZone(ts, venueZone)
  return { row: { timeframe, ts, sessionDate, ...values, volume } }
}

const shown = (cell: string | undefined): string =>
  cell === undefined ? '(missing)' : JSON.stringify(cell.length > 24 ? `${cell.slice(0, 24)}...` : cell)
