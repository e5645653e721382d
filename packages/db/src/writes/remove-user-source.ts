import { lockUser, notifyUser, type UserTx } from '../user-scope.ts'

const REMOVE = `with removed as (delete from broker_connections where user_id = $1 and id = $2 returning id)
select s.source as name from user_data_sources s join removed r on r.id = s.connection_id`

/** An order that named this source alone is no order any more. */
const ORDERS = [
  `delete from user_data_preferences
   where user_id = $1 and primary_source = $2 and array_remove(fallback_sources, $2) = '{}' returning version`,
  `update user_data_preferences set
     primary_source = (array_remove(primary_source || fallback_sources, $2))[1],
     fallback_sources = (array_remove(primary_source || fallback_sources, $2))[2:],
     version = nextval('edit_versions')::int
   where user_id = $1 and $2 = any (primary_source || fallback_sources)
   returning version`,
]
const PINS = 'delete from user_pins where user_id = $1 and source = $2 returning source'
const OUTAGES = 'delete from user_outages where user_id = $1 and source = $2 returning source'

const NEXT_PRIMARY = `update broker_connections set is_primary = true, version = nextval('edit_versions')::int
where id = (select id from broker_connections where user_id = $1 order by created_at, id limit 1)
  and not exists (select from broker_connections where user_id = $1 and is_primary)`

/** With its credentials, and with its name in orders, pins and outages. @returns false where the user has none such. */
export async function removeUserSource(tx: UserTx, id: string): Promise<boolean> {
  await lockUser(tx)
  const { client, userId } = tx
  const { rows } = await client.query<{ name: string }>(REMOVE, [userId, id])
  if (rows.length === 0) return false
  const named = [userId, rows[0]!.name]
  const changes = async (statements: readonly string[]) => {
    let changed = 0
    for (const statement of statements) changed += (await client.query(statement, named)).rows.length
    return changed > 0
  }
  if (await changes(ORDERS)) await notifyUser(tx, 'orders')
  if (await changes([PINS])) await notifyUser(tx, 'pins')
  if (await changes([OUTAGES])) await notifyUser(tx, 'outages')
  await client.query(NEXT_PRIMARY, [userId])
  await notifyUser(tx, 'sources')
  return true
}
