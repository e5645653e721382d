import { date, integer, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import { decimal } from '../decimal-type.ts'
import { instruments } from './instruments.ts'
import { sources } from './sources.ts'

/** Splits (`ratio` new for one old) and dividends (`amount` per share), as each source tells them. */
export const corporateActions = pgTable(
  'corporate_actions',
  {
    instrumentId: integer('instrument_id')
      .notNull()
      .references(() => instruments.id),
    kind: text('kind', { enum: ['split', 'dividend'] }).notNull(),
    exDate: date('ex_date', { mode: 'string' }).notNull(),
    sourceId: smallint('source_id')
      .notNull()
      .references(() => sources.id),
    ratio: decimal('ratio'),
    amount: decimal('amount'),
    currency: text('currency'),
    note: text('note'),
  },
  (t) => [primaryKey({ columns: [t.instrumentId, t.kind, t.exDate, t.sourceId] })],
)
