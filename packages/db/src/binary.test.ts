import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bytes } from './binary.ts'
import { decimalText } from './decimal-type.ts'
import { type TestDatabase, testDatabase } from './testing.ts'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
}, 120_000)
afterAll(() => t.drop())

/** What Postgres reads from our bytes, as its own text. */
async function numericTexts(numbers: number[]): Promise<string[]> {
  const bytes = new Bytes()
  bytes.arrayHead(1700, numbers.length)
  for (const n of numbers) bytes.numeric(n)
  const { rows } = await t.db.pool.query('select n::text as n from unnest($1::numeric[]) as u (n)', [
    bytes.taken(),
  ])
  return rows.map((row) => row.n)
}

const samples = [
  0,
  1,
  9,
  10,
  9999,
  10_000,
  99_999_999,
  100_000_000,
  234.56,
  234.5,
  0.5,
  0.05,
  0.005,
  0.0005,
  0.00005,
  1e-8,
  1.5e-7,
  99_999_999_999,
  99_999_999_999.9999,
  123_456_789_012.345,
  1e15,
  1e21,
  1.5e300,
  0.1 + 0.2,
  0.99999,
  -1,
  -234.56,
  -1.5e-7,
  65_432.1,
  1234.5678,
  12_345.678_901_2,
]

test('a NUMERIC means what its decimal text means', async () => {
  const texts = await numericTexts(samples)
  const { rows } = await t.db.pool.query('select n::text as n from unnest($1::numeric[]) as u (n)', [
    samples.map(decimalText),
  ])
  expect(texts).toEqual(rows.map((row) => row.n))
})

test('whatever the number', async () => {
  const price = fc.oneof(
    fc.double({ min: 0, max: 1e12, noNaN: true }),
    fc.integer({ min: 0, max: 10_000_000 }).map((n) => n / 100),
    fc.integer({ min: 0, max: 1_000_000_000 }).map((n) => n / 10_000),
    fc.integer({ min: 0, max: 1_000_000_000 }).map((n) => n / 1e8),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 200 }), async (numbers) => {
      const texts = await numericTexts(numbers)
      expect(texts.map(Number)).toEqual(numbers.map((n) => Number(decimalText(n))))
    }),
    { numRuns: 50 },
  )
})

test('instants, doubles and nulls', async () => {
  const rows = [
    { ts: 0, n: 0.1 },
    { ts: -1, n: null },
    { ts: Date.UTC(2026, 10, 20, 15) * 1000 + 123_456, n: 1e-300 },
  ]
  const instants = new Bytes(1)
  instants.arrayHead(1184, rows.length)
  const doubles = new Bytes(1)
  doubles.arrayHead(701, rows.length)
  for (const { ts, n } of rows) {
    instants.int32(8)
    instants.instant(ts)
    doubles.int32(n === null ? -1 : 8)
    if (n !== null) doubles.float64(n)
  }
  const { rows: read } = await t.db.pool.query(
    'select * from unnest($1::timestamptz[], $2::float8[]) as u (ts, n)',
    [instants.taken(), doubles.taken()],
  )
  expect(read).toEqual(rows)
})
