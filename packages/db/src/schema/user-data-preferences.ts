import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { micros } from '../micros-type.ts'
import { versionColumn } from './edit-versions.ts'
import { users } from './users.ts'

/** In which order a user's sources are asked for one kind of data. `asset_class` is one of ours or `all`. */
export const userDataPreferences = pgTable(
  'user_data_preferences',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    preferenceType: text('preference_type', {
      enum: ['quotes', 'charts', 'fundamentals', 'options'],
    }).notNull(),
    assetClass: text('asset_class').notNull().default('all'),
    primarySource: text('primary_source').notNull(),
    fallbackSources: text('fallback_sources').array().notNull(),
    version: versionColumn(),
    updatedAt: micros('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.preferenceType, t.assetClass] })],
)
