import { plainArray } from '../array-text.ts'
import type { Db } from '../connect.ts'
import { UNIVERSE_CHANNEL } from '../notify.ts'
import { inTransaction } from '../transaction.ts'

/** Adds members to a tier; with `replace` the others leave it. Daemons hear of it. @returns how many were added. */
export async function setTierMembers(
  db: Db,
  o: { tier: string; instrumentIds: readonly number[]; replace: boolean },
): Promise<number> {
  const ids = plainArray(o.instrumentIds, (id) => id)
  return await inTransaction(db, async (client) => {
    // One change of a tier at a time; it also says whether there is such a tier.
    const { rows: tier } = await client.query('select name from universe_tiers where name = $1 for update', [
      o.tier,
    ])
    if (tier.length === 0) throw new Error(`There is no tier "${o.tier}".`)
    if (o.replace) {
      await client.query(
        'delete from universe_members where tier = $1 and instrument_id <> all ($2::int[])',
        [o.tier, ids],
      )
    }
    const { rows } = await client.query(
      `insert into universe_members (tier, instrument_id)
       select distinct $1, id from unnest($2::int[]) as m (id) order by id
       on conflict do nothing returning instrument_id`,
      [o.tier, ids],
    )
    await client.query(`select pg_notify('${UNIVERSE_CHANNEL}', $1)`, [o.tier])
    return rows.length
  })
}
