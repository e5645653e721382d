// Remembers, outside of OneTape, what the ledger said was committed, and asks for it again at the end.
import { type Db, verifyLatest, verifyRollups } from '@onetape/db'
import { isoFromMicros } from '@onetape/market'

interface Seen {
  writeId: number
  kind: string
  rowsWritten: number
  ticks: number
}

export class Witness {
  readonly #seen = new Map<number, Seen>()
  #last = 0

  get batches(): number {
    return this.#seen.size
  }

  get ticks(): number {
    let sum = 0
    for (const { ticks } of this.#seen.values()) sum += ticks
    return sum
  }

  /** Notes the batches that were closed since; a database that is away is asked again later. */
  async look(db: Db): Promise<void> {
    try {
      for (;;) {
        const batches = await ledger(db, this.#last)
        for (const { id, ...seen } of batches) {
          this.#seen.set(id, seen)
          this.#last = Math.max(this.#last, id)
        }
        if (batches.length === 0) return
      }
    } catch {
      // It was killed under our question.
    }
  }

  /** Batches that were seen and are gone or differ. */
  async lost(db: Db): Promise<string[]> {
    const now = new Map<number, Seen>()
    let after = 0
    for (;;) {
      const batches = await ledger(db, after)
      if (batches.length === 0) break
      for (const { id, ...seen } of batches) {
        now.set(id, seen)
        after = Math.max(after, id)
      }
    }
    return [...this.#seen].flatMap(([id, was]) => {
      const is = now.get(id)
      if (!is) return [`batch ${id} is gone`]
      return JSON.stringify(is) === JSON.stringify(was)
        ? []
        : [`batch ${id} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`]
    })
  }
}

const LEDGER = `select b.id, b.write_id, b.kind, b.rows_written, b.min_ts, b.max_ts from tape_batches b
where b.id > $1 order by b.id limit 200`

async function ledger(db: Db, after: number): Promise<(Seen & { id: number })[]> {
  const { rows } = await db.pool.query(LEDGER, [after])
  const found: (Seen & { id: number })[] = []
  for (const row of rows) {
    const span = [row.min_ts ?? 0, row.max_ts ?? 0].map(isoFromMicros)
    // By id: a batch that updates latest alone has a span, but no ticks.
    const { rows: counted } = await db.pool.query(
      'select count(*) as n from market_data_ticks where write_id = $1 and ts between $2 and $3',
      [row.write_id, ...span],
    )
    found.push({
      id: row.id,
      writeId: row.write_id,
      kind: row.kind,
      rowsWritten: row.rows_written,
      ticks: counted[0].n,
    })
  }
  return found
}

export interface Findings {
  open: number
  gaps: number
  orphans: number
  latest: string[]
  rollups: string[]
}

/** What is wrong with a tape at rest. */
export async function examine(db: Db): Promise<Findings> {
  const one = async (text: string) => (await db.pool.query(text)).rows[0].n as number
  return {
    open: await one('select count(*) as n from tape_batches where id is null'),
    gaps: await one('select coalesce(max(id), 0) - count(*) as n from tape_batches where id is not null'),
    orphans: await one(
      `select count(*) as n from (select distinct write_id from market_data_ticks) t
       where not exists (select from tape_batches b where b.write_id = t.write_id and b.id is not null)`,
    ),
    latest: await verifyLatest(db),
    rollups: await verifyRollups(db),
  }
}
