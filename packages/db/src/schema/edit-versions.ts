import { sql } from 'drizzle-orm'
import { integer, pgSequence } from 'drizzle-orm/pg-core'

/** One count for all editable rows: a row that was removed and made anew never carries a version that was seen before. */
export const editVersions = pgSequence('edit_versions', { maxValue: 2_147_483_647 })

export const nextVersion = sql`nextval('edit_versions')::int`
/** Which write of the row this is: a later write names the version that it saw. */
export const versionColumn = () => integer('version').notNull().default(nextVersion)
