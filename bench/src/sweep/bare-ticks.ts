// A bare copy of the table of ticks, for controls: the same columns, key and partitions, and nothing else.
import type { Client } from 'pg'

export async function createBareTicks(client: Pick<Client, 'query'>): Promise<void> {
  await client.query('create schema if not exists bare')
  await client.query(
    'create table bare.market_data_ticks (like public.market_data_ticks) partition by range (ts)',
  )
  const { rows: keys } = await client.query(
    `select pg_get_constraintdef(oid) as key from pg_constraint
     where conrelid = 'public.market_data_ticks'::regclass and contype = 'p'`,
  )
  await client.query(`alter table bare.market_data_ticks add ${keys[0].key}`)
  const { rows: partitions } = await client.query(
    `select c.relname, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.market_data_ticks'::regclass`,
  )
  for (const { relname, bound } of partitions)
    await client.query(`create table bare."${relname}" partition of bare.market_data_ticks ${bound}`)
}
