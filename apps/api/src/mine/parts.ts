// What the pieces of `mine` share: the stored, the open and the ones who hear of a change.
import type { Db, KeyRing } from '@onetape/db'
import type { Clock } from '@onetape/market'
import type { HealthBoard, RoutedSource } from '@onetape/providers'
import type { InstrumentBook } from '../routed/instrument-book.ts'
import type { Probes } from './probes.ts'
import type { UserChanges } from './user-changes.ts'
import type { UserViews } from './user-views.ts'
import type { VendorBook } from './vendor-book.ts'

export interface MineParts {
  db: Db
  house: readonly RoutedSource[]
  vendors: VendorBook
  /** Null: this process was given none, and keeps no credentials. */
  keys: KeyRing | null
  probes: Probes
  views: UserViews
  changes: UserChanges
  health: Pick<HealthBoard, 'states' | 'reset'>
  book: InstrumentBook
  wallClock: Clock
}
