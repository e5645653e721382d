import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { assetClassEnum } from './vocabulary.ts'

/** Up to which market time the slots of a tier and asset class were held against the ledger. */
export const gapScans = pgTable(
  'gap_scans',
  {
    tier: text('tier').notNull(),
    assetClass: assetClassEnum('asset_class').notNull(),
    judgedTo: micros('judged_to').notNull(),
    /** The newest instrument that the tape knew then. */
    instrumentsTo: integer('instruments_to').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tier, t.assetClass] })],
)
