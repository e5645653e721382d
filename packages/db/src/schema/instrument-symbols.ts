import { date, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { instruments } from './instruments.ts'
import { assetClassEnum } from './vocabulary.ts'

/** Which symbol named an instrument when; `valid_to` is its last day, null means open. Provider `*` is the house. */
export const instrumentSymbols = pgTable(
  'instrument_symbols',
  {
    instrumentId: integer('instrument_id')
      .notNull()
      .references(() => instruments.id),
    provider: text('provider').notNull().default('*'),
    assetClass: assetClassEnum('asset_class').notNull(),
    symbol: text('symbol').notNull(),
    validFrom: date('valid_from', { mode: 'string' }),
    validTo: date('valid_to', { mode: 'string' }),
  },
  (t) => [
    unique('instrument_symbols_key').on(t.instrumentId, t.provider, t.symbol, t.validFrom).nullsNotDistinct(),
    index('instrument_symbols_symbol').on(t.symbol.op('text_pattern_ops')),
  ],
)
