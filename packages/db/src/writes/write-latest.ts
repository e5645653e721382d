import { setImmediate as immediate } from 'node:timers/promises'
import { isoFromMicros } from '@onetape/market'
import { slicesOf } from '../array-text.ts'
import type { LatestRow, WriteContext } from '../batch.ts'
import { Bytes } from '../binary.ts'
import type { Db } from '../connect.ts'
import type { LatestPlan } from '../shards/plan-latest.ts'
import { FIGURES } from '../shards/shard-memory.ts'
import type { Queryable } from '../transaction.ts'

// What the rows of a batch share is one parameter: $2 to $8.
const UPDATE = `update market_data_latest l
set ts = o.ts, fetched_at = $2::timestamptz, write_id = $3::int, source_id = $4::smallint,
    delayed_minutes = $5::smallint, session_date = $6::date, feed = $7::text, ts_origin = $8::text, last = o.last,
    bid = o.bid, ask = o.ask, bid_size = o.bid_size, ask_size = o.ask_size, day_open = o.day_open,
    day_high = o.day_high, day_low = o.day_low, day_close = o.day_close, volume = o.volume,
    previous_close = o.previous_close
from unnest($1::latest_figures[]) o
where l.instrument_id = o.instrument_id`

const INSERT = `insert into market_data_latest
  (instrument_id, ts, last, bid, ask, bid_size, ask_size, day_open, day_high, day_low, day_close, volume, previous_close,
   fetched_at, write_id, source_id, delayed_minutes, session_date, feed, ts_origin)
select o.*, $2::timestamptz, $3::int, $4::smallint, $5::smallint, $6::date, $7::text, $8::text
from unnest($1::latest_figures[]) o`

/** Statements with their values, ready to be sent: they are built while the server is busy with the ticks. */
export interface LatestStatement {
  name: string
  text: string
  values: unknown[]
  /** The bytes behind the first value. */
  figures: Bytes
}

const typeIds = new WeakMap<Db, Promise<number>>()

/** The id of `latest_figures`, which its binary form bears; a database's own. */
export function latestTypeId(db: Db): Promise<number> {
  let known = typeIds.get(db)
  if (!known) {
    known = db.pool
      .query(`select 'latest_figures'::regtype::oid::int as id`)
      .then(({ rows }) => rows[0].id as number)
    typeIds.set(db, known)
    known.catch(() => typeIds.delete(db))
  }
  return known
}

export const latestStatements = (
  plan: LatestPlan,
  o: { at: WriteContext; typeId: number },
): LatestStatement[] => [
  ...statementsOf({ name: 'insert latest', text: INSERT }, plan.inserts, o),
  ...statementsOf({ name: 'update latest', text: UPDATE }, plan.updates, o),
]

/** Under the locks of the rows' shards. @param o.meanwhile done once, while the server is busy if there is anything to do */
export async function writeLatest(
  client: Queryable,
  statements: readonly LatestStatement[],
  o: { meanwhile: () => void },
): Promise<void> {
  const sent = Promise.all(statements.map((statement) => send(client, statement)))
  sent.catch(() => {}) // told where it is awaited
  await immediate() // what was queued behind a COPY leaves first
  o.meanwhile()
  await sent
}

async function send(client: Queryable, { figures, ...statement }: LatestStatement): Promise<void> {
  await client.query(statement)
  figures.giveBack()
}

function statementsOf(
  statement: { name: string; text: string },
  rows: readonly LatestRow[],
  { at, typeId }: { at: WriteContext; typeId: number },
): LatestStatement[] {
  return groupsOf(rows).flatMap((alike) => {
    const { delayedMinutes, sessionDate, feed, tsOrigin } = alike[0]!
    const shared = [
      isoFromMicros(at.fetchedAt),
      at.writeId,
      at.sourceId,
      delayedMinutes,
      sessionDate,
      feed,
      tsOrigin,
    ]
    return [...slicesOf(alike)].map((slice) => {
      const figures = figuresArray(slice, typeId)
      return { ...statement, figures, values: [figures.taken(), ...shared] }
    })
  })
}

/** Rows that differ in their figures alone. */
function groupsOf(rows: readonly LatestRow[]): LatestRow[][] {
  const groups: LatestRow[][] = []
  let last: LatestRow[] = []
  for (const row of rows) {
    if (last.length === 0 || !isAlike(last[0]!, row)) {
      last = groups.find((group) => isAlike(group[0]!, row)) ?? []
      if (last.length === 0) groups.push(last)
    }
    last.push(row)
  }
  return groups
}

const isAlike = (a: LatestRow, b: LatestRow) =>
  a.sessionDate === b.sessionDate &&
  a.delayedMinutes === b.delayedMinutes &&
  a.tsOrigin === b.tsOrigin &&
  a.feed === b.feed

const OID = { int4: 23, timestamptz: 1184, float8: 701 } as const
const FIELDS = FIGURES.length + 2
/** A field is its type, its length and itself. */
const FULL_BYTES = 4 + (8 + 4) + (8 + 8) + FIGURES.length * (8 + 8)

function figuresArray(rows: readonly LatestRow[], typeId: number): Bytes {
  const bytes = new Bytes(20 + rows.length * (FULL_BYTES + 4))
  bytes.arrayHead(typeId, rows.length)
  const figures = new Array<number | null>(FIGURES.length)
  for (const row of rows) {
    let length = FULL_BYTES
    for (let i = 0; i < FIGURES.length; i++) {
      const figure = FIGURES[i]!(row)
      figures[i] = figure
      if (figure === null) length -= 8
    }
    bytes.int32(length)
    bytes.int32(FIELDS)
    bytes.int32(OID.int4)
    bytes.int32(4)
    bytes.int32(row.instrumentId)
    bytes.int32(OID.timestamptz)
    bytes.int32(8)
    bytes.instant(row.ts)
    for (const figure of figures) {
      bytes.int32(OID.float8)
      if (figure === null) bytes.int32(-1)
      else {
        bytes.int32(8)
        bytes.float64(figure)
      }
    }
  }
  return bytes
}
