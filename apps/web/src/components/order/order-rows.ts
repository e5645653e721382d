// The rows of the order page: for each kind of data one for all asset classes and one for each that was split off.
// Pure.
import type { OrderRow } from '@onetape/api/router'
import { ASSET_CLASSES, type AssetClass, type DataKind } from '@onetape/market'
import { CLASS_LABELS, type ClassChoice, ordinal } from '../source-matrix.ts'
import { diffToHouse, type Moved, type Order, sameOrder } from './source-order.ts'

/** Whose order it is that holds: the row's own, that of all classes, or the house's. */
export type Whose = 'own' | 'all' | 'house'

export interface RowView {
  kind: DataKind
  assetClass: ClassChoice
  order: Order
  whose: Whose
  house: Order
  /** How it differs from the house's order; empty where it is the house's. */
  diff: Moved[]
}

export type OwnOrder = (kind: DataKind, assetClass: ClassChoice) => Order | null

/** Whose kinds are asked for which classes: a coin has no figures, and a chain is of what lies under it. */
export const CLASSES_OF_KIND: Record<DataKind, readonly AssetClass[]> = {
  quotes: ASSET_CLASSES.filter((c) => c !== 'option'),
  charts: ASSET_CLASSES.filter((c) => c !== 'option'),
  fundamentals: ['equity'],
  options: ['equity', 'index'],
}

/** Whether a source could ever answer for a kind and class; what nobody knows, could. */
export type CouldAnswer = (source: string, kind: DataKind, assetClass: ClassChoice) => boolean

/** The house's orders without those that have not this kind at all: they would only be in the way. */
export const withoutUseless = (rows: readonly OrderRow[], could: CouldAnswer): OrderRow[] =>
  rows.map((row) => {
    const house = row.house.filter((name) => could(name, row.kind, row.assetClass))
    return house.length === 0 ? row : { ...row, house }
  })

const find = (rows: readonly OrderRow[], kind: DataKind, assetClass: ClassChoice) =>
  rows.find((row) => row.kind === kind && row.assetClass === assetClass)

/** The row of `all`, then those that were split off. */
export function rowsOf(rows: readonly OrderRow[], kind: DataKind, own: OwnOrder): RowView[] {
  // One that was set some other way, for a class that is not offered here, is shown all the same: it counts.
  const split = ASSET_CLASSES.filter((c) => own(kind, c) !== null)
  return (['all', ...split] as const).map((c) => rowView(rows, { kind, assetClass: c, own }))
}

export const unsplitOf = (kind: DataKind, own: OwnOrder): AssetClass[] =>
  CLASSES_OF_KIND[kind].length < 2 ? [] : CLASSES_OF_KIND[kind].filter((c) => own(kind, c) === null)

export function rowView(
  rows: readonly OrderRow[],
  { kind, assetClass, own }: { kind: DataKind; assetClass: ClassChoice; own: OwnOrder },
): RowView {
  const house = find(rows, kind, assetClass)?.house ?? []
  const mine = own(kind, assetClass)
  const forAll = assetClass === 'all' ? null : own(kind, 'all')
  const order = mine ?? forAll ?? house
  const whose = mine ? 'own' : forAll ? 'all' : 'house'
  return { kind, assetClass, order, whose, house, diff: whose === 'house' ? [] : diffToHouse(order, house) }
}

/** Equal to what would hold without it: nothing is lost by returning the row. */
export const isRedundant = (view: RowView, otherwise: Order): boolean => sameOrder(view.order, otherwise)

/** `alpaca from 2nd to 1st; yahoo not asked`. */
export function diffLine(diff: readonly Moved[]): string {
  return diff
    .map(({ name, was, now }) =>
      now === null
        ? `${name} not asked`
        : was === null
          ? `${name} put in ${ordinal(now)}`
          : `${name} from ${ordinal(was)} to ${ordinal(now)}`,
    )
    .join('; ')
}

export const className = (assetClass: ClassChoice): string =>
  assetClass === 'all' ? 'All classes' : CLASS_LABELS[assetClass]
