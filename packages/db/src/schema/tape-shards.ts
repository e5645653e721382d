import { bigint, pgTable, smallint } from 'drizzle-orm/pg-core'

/**
 * The locks of the writers of ticks and latest, one for each shard of instruments. `head` moves with every write, so
 * a writer that finds the head it left knows that nobody wrote in between: what it remembers is what is stored.
 */
export const tapeShards = pgTable('tape_shards', {
  shard: smallint('shard').primaryKey(),
  head: bigint('head', { mode: 'number' }).notNull(),
})
