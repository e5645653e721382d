// Gaps that were found are noted once, whoever finds them and however often.
import { isoFromMicros, type Micros } from '@onetape/market'
import type { PoolClient } from 'pg'
import type { Db } from '../connect.ts'
import { type FoundGap, outside, type Span, touches } from '../gaps.ts'
import { inTransaction, lockFor, type Queryable } from '../transaction.ts'

interface KnownGap extends Span {
  id: number
  state: string
}

/** How far the slots of a tier and asset class were looked at, noted together with what was found. */
export interface GapScan {
  tier: string
  assetClass: string
  judgedTo: Micros
  instrumentsTo: number
}

const KNOWN = `select id, from_ts as "from", to_ts as "to", state from data_gaps
where asset_class = $1 and tier is not distinct from $2 and instrument_id is not distinct from $3 and timeframe = $4
  and to_ts >= $5 and from_ts <= $6
order by from_ts, id`

const INSERT = `insert into data_gaps
  (tier, asset_class, instrument_id, timeframe, from_ts, to_ts, why, state, reason, found_at, slots, instruments_to, ended_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $8 in ('open', 'filling') then null else budget_clock() end)`

const GROW = `update data_gaps
set from_ts = least(from_ts, $2::timestamptz), to_ts = greatest(to_ts, $3::timestamptz), slots = slots + $4
where id = $1`

const JUDGED = `insert into gap_scans as s (tier, asset_class, judged_to, instruments_to) values ($1, $2, $3, $4)
on conflict (tier, asset_class) do update
set judged_to = excluded.judged_to, instruments_to = excluded.instruments_to
where s.judged_to <= excluded.judged_to`

/**
 * What is already noted of a span is left as it is; the rest makes an open gap that it meets longer (closed hours
 * between two spans keep them apart), or becomes a gap of its own. One after the other, whatever the processes.
 */
export async function recordGaps(
  db: Db,
  o: { found: readonly FoundGap[]; scans?: readonly GapScan[]; foundAt: Micros },
): Promise<{ added: number; grown: number }> {
  const counts = { added: 0, grown: 0 }
  await inTransaction(db, async (client) => {
    await lockFor(client, 'gaps')
    for (const gap of o.found) await record(client, gap, { foundAt: o.foundAt, counts })
    for (const { tier, assetClass, judgedTo, instrumentsTo } of o.scans ?? [])
      await client.query(JUDGED, [tier, assetClass, isoFromMicros(judgedTo), instrumentsTo])
  })
  return counts
}

async function record(
  client: PoolClient,
  gap: FoundGap,
  o: { foundAt: Micros; counts: { added: number; grown: number } },
): Promise<void> {
  const known = await knownGaps(client, gap)
  const spans = outside(gap, known)
  for (const span of spans) {
    // A gap that is cut in pieces by what is known has its slots shared out by length.
    const slots = Math.max(1, Math.round((gap.slots * (span.to - span.from)) / (gap.to - gap.from)))
    const open = known.find((k) => k.state === 'open' && touches(k, span))
    if (open && (gap.state ?? 'open') === 'open') {
      await client.query(GROW, [open.id, isoFromMicros(span.from), isoFromMicros(span.to), slots])
      o.counts.grown += 1
      continue
    }
    await client.query(INSERT, [
      gap.tier,
      gap.assetClass,
      gap.instrumentId,
      gap.timeframe,
      isoFromMicros(span.from),
      isoFromMicros(span.to),
      gap.why,
      gap.state ?? 'open',
      gap.reason ?? null,
      isoFromMicros(o.foundAt),
      slots,
      gap.instrumentsTo,
    ])
    o.counts.added += 1
  }
}

async function knownGaps(client: Queryable, gap: FoundGap): Promise<KnownGap[]> {
  const { rows } = await client.query<KnownGap>(KNOWN, [
    gap.assetClass,
    gap.tier,
    gap.instrumentId,
    gap.timeframe,
    isoFromMicros(gap.from),
    isoFromMicros(gap.to),
  ])
  return rows
}
