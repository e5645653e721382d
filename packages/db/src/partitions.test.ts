import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensurePartitions, partitionFor } from './partitions.ts'
import { day, NOON } from './sample-batches.ts'
import { type TestDatabase, testDatabase } from './testing.ts'

describe('which partition', () => {
  const nameOf = (year: number, month: number, ...existing: string[]) =>
    partitionFor('market_data_bars', { year, month }, { marketNow: NOON, existing: new Set(existing) })
      ?.name ?? null

  test('a month for this year, the last and those to come; a year for older ones', () => {
    expect(nameOf(2026, 1)).toBe('market_data_bars_y2026m01')
    expect(nameOf(2025, 12)).toBe('market_data_bars_y2025m12')
    expect(nameOf(2027, 2)).toBe('market_data_bars_y2027m02')
    expect(nameOf(2024, 12)).toBe('market_data_bars_y2024')
  })

  test('an older year that is kept by months goes on so; one that is there is not made', () => {
    expect(nameOf(2024, 5, 'market_data_bars_y2024m04')).toBe('market_data_bars_y2024m05')
    expect(nameOf(2024, 4, 'market_data_bars_y2024m04')).toBeNull()
    expect(nameOf(2024, 5, 'market_data_bars_y2024')).toBeNull()
    expect(nameOf(2025, 5, 'market_data_bars_y2025')).toBeNull()
  })

  test('bounds meet, over the end of a year too', () => {
    const december = partitionFor(
      'market_data_ticks',
      { year: 2026, month: 12 },
      { marketNow: NOON, existing: new Set() },
    )
    expect(december).toMatchObject({ from: '2026-12-01', to: '2027-01-01' })
    const year = partitionFor(
      'market_data_ticks',
      { year: 1999, month: 7 },
      { marketNow: NOON, existing: new Set() },
    )
    expect(year).toMatchObject({ from: '1999-01-01', to: '2000-01-01' })
  })
})

describe('made ahead', () => {
  let t: TestDatabase
  beforeAll(async () => {
    t = await testDatabase()
  }, 120_000)
  afterAll(() => t.drop())

  test('this month and the next ones, once, whoever asks', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(() => ensurePartitions(t.db, { marketNow: NOON, monthsAhead: 2 })),
    )
    const months = ['y2026m11', 'y2026m12', 'y2027m01']
    expect(made.flat().sort()).toEqual(
      ['bars', 'ticks'].flatMap((x) => months.map((m) => `market_data_${x}_${m}`)),
    )
    expect(await ensurePartitions(t.db, { marketNow: NOON, monthsAhead: 2 })).toEqual([])
    expect(await ensurePartitions(t.db, { marketNow: day(30), monthsAhead: 2 })).toEqual([
      'market_data_ticks_y2027m02',
      'market_data_bars_y2027m02',
    ])
  })

  test('while a writer is in the middle of its transaction', async () => {
    const writer = await t.db.pool.connect()
    await writer.query('begin')
    await writer.query(`insert into sources (name) values ('x')`)
    await writer.query(`insert into market_data_ticks values ('2026-11-20T15:00:00Z', 1, 1, 1, 1, null)`)
    expect(await ensurePartitions(t.db, { marketNow: day(120) })).not.toEqual([])
    await writer.query('rollback')
    writer.release()
  })
})
