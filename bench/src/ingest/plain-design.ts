// The plain design that many begin with: one ORM upsert per row, each its own commit, then a view made anew.
import type { Db, TickRow } from '@onetape/db'
import { isoFromMicros } from '@onetape/market'
import { bigint, integer, numeric, pgTable, primaryKey, smallint, timestamp } from 'drizzle-orm/pg-core'

const plainTicks = pgTable(
  'plain_ticks',
  {
    instrumentId: integer('instrument_id').notNull(),
    ts: timestamp('ts', { withTimezone: true, mode: 'string' }).notNull(),
    price: numeric('price', { precision: 15, scale: 6 }).notNull(),
    volume: bigint('volume', { mode: 'number' }),
    source: smallint('source').notNull(),
    fetchedAt: timestamp('fetched_at', { withTimezone: true, mode: 'string' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.instrumentId, t.ts] })],
)

const CREATE = `
create table plain_ticks (
  instrument_id int not null, ts timestamptz not null, price numeric(15,6) not null, volume bigint,
  source smallint not null, fetched_at timestamptz not null, primary key (instrument_id, ts));
insert into plain_ticks select instrument_id, ts, price, volume, source_id, ts from market_data_ticks;
create materialized view plain_latest as
  select distinct on (instrument_id) * from plain_ticks order by instrument_id, ts desc;
analyze plain_ticks`

/** With the same rows stored as the tape has. */
export async function createPlainTable(db: Db): Promise<void> {
  await db.pool.query(CREATE)
}

export async function plainBatch(db: Db, o: { ticks: readonly TickRow[]; sourceId: number }): Promise<void> {
  for (const t of o.ticks) {
    const row = {
      instrumentId: t.instrumentId,
      ts: isoFromMicros(t.ts),
      price: String(t.price),
      volume: t.volume,
      source: o.sourceId,
      fetchedAt: isoFromMicros(t.ts),
    }
    await db.drizzle
      .insert(plainTicks)
      .values(row)
      .onConflictDoUpdate({ target: [plainTicks.instrumentId, plainTicks.ts], set: row })
  }
  await db.pool.query('refresh materialized view plain_latest')
}
