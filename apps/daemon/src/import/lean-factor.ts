// A LEAN factor file holds no events, only the factors that undo them: `date,price factor,split factor,
// reference price`; a row's factors hold up to and including its date, on which the stock closed at the
// reference price. A change between two rows is therefore an action with its ex-date on the next session:
//   split ratio = split factor after / split factor before
//   dividend    = reference price x (1 - price factor before / price factor after)
import { isoDate } from './lean-path.ts'

export type FactorAction = { line: number; exDate: string } & (
  | { kind: 'split'; ratio: number }
  | { kind: 'dividend'; amount: number }
)
export interface FactorFile {
  rows: number
  actions: FactorAction[]
  /** Lines between which nothing happened, e.g. the first and the last of every file. */
  quietLines: number[]
}

interface FactorRow {
  line: number
  date: string
  price: number
  split: number
  reference: number
}

/** The factors are written with 7 decimals. */
const FACTOR_ERROR = 0.5e-7

/** @throws Error with one clear line when the file is no factor file. */
export function parseFactorFile(text: string, nextSessionDate: (date: string) => string): FactorFile {
  const rows = text.split(/\r?\n/).flatMap((line, i) => (line.trim() === '' ? [] : [parseRow(line, i + 1)]))
  if (rows.length < 2) throw new Error('a factor file has at least two rows')
  const actions: FactorAction[] = []
  const quietLines: number[] = []
  rows.forEach((row, i) => {
    const after = rows[i + 1]
    const found = after ? actionsBetween(row, after, nextSessionDate(row.date)) : []
    if (found.length === 0) quietLines.push(row.line)
    actions.push(...found)
  })
  return { rows: rows.length, actions, quietLines }
}

function parseRow(line: string, number: number): FactorRow {
  const cells = line.split(',')
  const date = isoDate(cells[0]!.trim())
  const [price, split, reference] = cells.slice(1).map(Number)
  if (!date || !(price! > 0) || !(split! > 0) || !(reference! >= 0))
    throw new Error(`line ${number} is no row of a factor file`)
  return { line: number, date, price: price!, split: split!, reference: reference! }
}

function actionsBetween(before: FactorRow, after: FactorRow, exDate: string): FactorAction[] {
  const found: FactorAction[] = []
  const ratio = splitRatio(after.split / before.split)
  if (ratio !== 1) found.push({ line: before.line, exDate, kind: 'split', ratio })
  if (before.price !== after.price && before.reference > 0) {
    const amount = before.reference * (1 - before.price / after.price)
    const error = before.reference * FACTOR_ERROR * (1 / before.price + 1 / after.price)
    found.push({ line: before.line, exDate, kind: 'dividend', amount: shortest(amount, error) })
  }
  return found
}

/** Split ratios are small fractions (7, 2, 1.5, 1/8); the factors' rounding must not leave 6.99999. */
function splitRatio(raw: number): number {
  if (raw < 1) return 1 / splitRatio(1 / raw)
  for (let denominator = 1; denominator <= 50; denominator++) {
    const numerator = Math.round(raw * denominator)
    if (numerator > 0 && Math.abs(numerator / denominator / raw - 1) < 2e-5) return numerator / denominator
  }
  return raw
}

/** The number with the fewest decimals that the rounding of the factors allows: 2.65, not 2.6499731. */
function shortest(value: number, error: number): number {
  for (let decimals = 2; decimals < 7; decimals++) {
    const rounded = Number(value.toFixed(decimals))
    if (Math.abs(rounded - value) <= error) return rounded
  }
  return Number(value.toFixed(7))
}
