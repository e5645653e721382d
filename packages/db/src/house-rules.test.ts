// DESIGN.md section 10 as tests: what Citus forbids for the tables that would be distributed by instrument_id.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensurePartitions } from './partitions.ts'
import { NOON } from './sample-batches.ts'
import { type TestDatabase, testDatabase } from './testing.ts'

const BIG = [
  'market_data_ticks',
  'market_data_bars',
  'market_data_latest',
  'market_data_daily',
  'market_data_restatements',
  'market_data_rollups',
]

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  await ensurePartitions(t.db, { marketNow: NOON })
}, 120_000)
afterAll(() => t.drop())

const rows = async (text: string) => (await t.db.pool.query(text, [BIG])).rows
const IS_BIG = `(c.relname = any ($1) or exists (select from pg_inherits i where i.inhrelid = c.oid and i.inhparent::regclass::text = any ($1)))`

test('every unique key of a big table and of its partitions leads with instrument_id', async () => {
  const keys = await rows(
    `select c.relname, x.indexrelid::regclass::text as index, a.attname as leads
     from pg_index x join pg_class c on c.oid = x.indrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
     where (x.indisunique or x.indisexclusion) and ${IS_BIG}`,
  )
  for (const table of BIG) expect(keys.map((k) => k.relname)).toContain(table)
  expect(keys.length).toBeGreaterThan(BIG.length) // partitions are looked at too
  expect(keys.filter((k) => k.leads !== 'instrument_id')).toEqual([])
})

test('there is no trigger, and no rule that would act as one', async () => {
  const { rows: triggers } = await t.db.pool.query('select tgname from pg_trigger where not tgisinternal')
  expect(triggers).toEqual([])
  const { rows: rules } = await t.db.pool.query(`select rulename from pg_rules where schemaname = 'public'`)
  expect(rules).toEqual([])
})

test('no foreign key leaves or enters a big table', async () => {
  const keys = await rows(
    `select k.conname from pg_constraint k join pg_class c on c.oid in (k.conrelid, k.confrelid) where k.contype = 'f' and ${IS_BIG}`,
  )
  expect(keys).toEqual([])
})

test('there is no default partition, and ticks, bars and roll-ups are partitioned by ts', async () => {
  const { rows: parents } = await t.db.pool.query(
    `select partrelid::regclass::text as name, partdefid, pg_get_partkeydef(partrelid) as key from pg_partitioned_table order by 1`,
  )
  expect(parents).toEqual(
    ['market_data_bars', 'market_data_rollups', 'market_data_ticks'].map((name) => ({
      name,
      partdefid: 0,
      key: 'RANGE (ts)',
    })),
  )
})

test('the latest table has no index but its key, and room for updates in place', async () => {
  const { rows: found } = await t.db.pool.query(
    `select reloptions, (select count(*) from pg_index where indrelid = c.oid) as indexes from pg_class c where relname = 'market_data_latest'`,
  )
  expect(found[0].indexes).toBe(1)
  expect(found[0].reloptions).toContain('fillfactor=45')
})

const sourceFiles = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('embedded'))
  .map((name) => ({ name, text: readFileSync(new URL(name, import.meta.url), 'utf8') }))

test('no conflict clause asks for the time: Citus refuses it', () => {
  const clauses = sourceFiles.flatMap(({ name, text }) =>
    [...text.matchAll(/on ?conflict[^`]*/gi)].map((match) => ({ name, clause: match[0] })),
  )
  expect(clauses.length).toBeGreaterThan(5)
  expect(
    clauses.filter(({ clause }) =>
      /\bnow\(\)|current_timestamp|clock_timestamp|statement_timestamp/i.test(clause),
    ),
  ).toEqual([])
})

test('no writer trusts an affected-row count: on Citus it counts rows offered; RETURNING is true', () => {
  expect(sourceFiles.filter(({ text }) => /\browCount\b/.test(text)).map(({ name }) => name)).toEqual([])
})

test('migrations use nothing that PostgreSQL 15 lacks', () => {
  const folder = new URL('../migrations/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  expect(files.length).toBeGreaterThan(0)
  for (const name of files) {
    expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(
      /uuidv7|uuidv4\(|virtual\b|without overlaps|locale_provider/i,
    )
  }
})

test('who the user is, is said to Postgres in one place; the owner’s connections are for partitions', () => {
  const naming = (what: RegExp) =>
    sourceFiles
      .filter(({ text }) => what.test(text))
      .map(({ name }) => name)
      .sort()
  expect(naming(/\bonetape\.user_id\b/)).toEqual(['user-scope.ts'])
  expect(naming(/\basOwner\(|\.ddl\b/).filter((name) => !name.startsWith('partitions/'))).toEqual([
    'connect.ts',
  ])
})

test('what reads or writes a user’s rows takes a UserTx; only a change of keys goes over all', async () => {
  const { rows: forced } = await t.db.pool.query(
    `select relname as name from pg_class where relforcerowsecurity and relname <> 'provider_calls'`,
  )
  const names = forced.flatMap(({ name }) => [
    name,
    name.replace(/_(.)/g, (_: string, c: string) => c.toUpperCase()),
  ])
  const theirs = new RegExp(`\\b(${names.join('|')})\\b(?!\\.ts)`)
  const without = sourceFiles.filter(
    ({ name, text }) => /^(reads|writes)\//.test(name) && theirs.test(text) && !/\bUserTx\b/.test(text),
  )
  expect(without.map(({ name }) => name).sort()).toEqual([
    'reads/count-sealed.ts',
    'reads/list-sealed.ts',
    'writes/rewrap-sealed.ts',
  ])
})
