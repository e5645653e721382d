import { isoFromMicros, type Micros } from '@onetape/market'
import type { Db } from '../connect.ts'
import { CLOCK_CHANNEL } from '../notify.ts'
import { inTransaction, lockFor } from '../transaction.ts'

const INSERT = `with shifted as (
  insert into market_clock_shifts (shift_us, from_ts, to_ts)
  select $1::bigint, $2, $3
  where $1::bigint > coalesce((select max(shift_us) from market_clock_shifts), 0)
  returning shift_us
)
select pg_notify('${CLOCK_CHANNEL}', shift_us::text) from shifted`

/** Moves the market clock on; it only grows, a smaller or equal shift is ignored. From..to is the span jumped over. */
export async function writeMarketShift(
  db: Db,
  o: { shiftUs: number; from: Micros; to: Micros },
): Promise<void> {
  await inTransaction(db, async (client) => {
    await lockFor(client, 'marketClock')
    await client.query(INSERT, [o.shiftUs, isoFromMicros(o.from), isoFromMicros(o.to)])
  })
}
