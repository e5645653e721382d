// What the roles may touch. Everything of the tape; of what is users' the API's role whatever row-level security leaves
// it, the daemon's only what its policies speak of.
import type { Client } from 'pg'
import { ROLES } from './roles.ts'

const ALL = ROLES.join(', ')
const ROWS = 'select, insert, update, delete'

/** Whatever somebody else's extension keeps beside us stays as it is. */
const OURS = (catalog: 'pg_class' | 'pg_proc', oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`

const OPEN = `do $$
declare thing text;
begin
  grant usage on schema public to ${ALL};
  for thing in select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and ${OURS('pg_class', 'c.oid')}
  loop execute format('grant ${ROWS} on %s to ${ALL}', thing); end loop;
  for thing in select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and ${OURS('pg_class', 'c.oid')}
  loop execute format('grant usage, select, update on sequence %s to ${ALL}', thing); end loop;
  for thing in select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = 'public'::regnamespace and ${OURS('pg_proc', 'p.oid')}
  loop execute format('grant execute on routine %s to ${ALL}', thing); end loop;
end $$;
-- What the owner makes later: partitions, and tables of later migrations.
alter default privileges in schema public grant ${ROWS} on tables to ${ALL};
alter default privileges in schema public grant usage, select, update on sequences to ${ALL};
alter default privileges in schema public grant execute on functions to ${ALL};`

/** No business of the daemon's. */
const CLOSED_TO_DAEMON = [
  'users',
  'auth_sessions',
  'auth_accounts',
  'auth_verifications',
  'auth_rate_limits',
  'broker_connections',
  'user_data_sources',
  'user_data_preferences',
  'user_pins',
  'user_outages',
  'oauth_sign_ins',
  'watchlists',
  'watchlist_items',
]

/** A change of keys reads what is sealed and puts it back under another key; it sees no more of a source than that. */
const CLOSED = `revoke all on ${CLOSED_TO_DAEMON.join(', ')} from onetape_daemon;
grant select (id, user_id, key_id, sealed), update (key_id, sealed) on user_data_sources to onetape_daemon;`

/** A table that a role cannot use as it should, or the daemon can and should not. */
const IS_WANTED = `select exists (
  select from pg_class c cross join unnest($1::text[]) as r (role)
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and ${OURS('pg_class', 'c.oid')}
    and has_table_privilege(r.role, c.oid, 'select') = (r.role = 'onetape_daemon' and c.relname = any ($2))
) as wanted`

/** In a database that was just migrated, or that was restored without its grants; else nothing is touched. */
export async function grantToRoles(client: Client): Promise<void> {
  const { rows } = await client.query(IS_WANTED, [ROLES, CLOSED_TO_DAEMON])
  if (rows[0].wanted) await client.query(`begin; ${OPEN} ${CLOSED} commit`)
}
