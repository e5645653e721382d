// What only a vendor's own folder knows about asking it, as data: a definition may carry it.
import type { AssetClass } from '@onetape/market'
import type { AccessKind } from '../capability.ts'
import type { ErrorKind } from '../errors.ts'

export interface ProbeHints {
  /** House symbols that these credentials are sure to see, where the usual ones are not. */
  samples?: Partial<Record<AssetClass, readonly string[]>>
  /** Kinds whose answer takes many calls: a probe takes the plan's word for them. */
  costly?: readonly AccessKind[]
  /** What a person should do about an error, where the vendor's ways differ from the usual. */
  fixes?: Partial<Record<ErrorKind, string>>
}
