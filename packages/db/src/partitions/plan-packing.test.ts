import { DAY_US, type Micros } from '@onetape/market'
import { describe, expect, test } from 'vitest'
import { NOON } from '../sample-batches.ts'
import { type Packable, planPacking } from './plan-packing.ts'
import { type PartitionedTable, type PartitionWidth, partitionName, spanOfWidth } from './span.ts'

const MB = 1024 * 1024
const TICKS = 'market_data_ticks'
const widths = { market_data_ticks: 'day', market_data_bars: 'day', market_data_rollups: 'day' } as const

function part(day: string, width: PartitionWidth | 'year', more: Partial<Packable> = {}): Packable {
  const span = spanOfWidth(Date.parse(day) * 1000, width)
  const table: PartitionedTable = more.table ?? TICKS
  return {
    ...{ ...span, table, name: partitionName(table, span) },
    ...{ rows: 3_000_000, bytes: 200 * MB, indexBytes: 100 * MB, packedBytes: null, attached: true },
    ...more,
  }
}
const plan = (all: Packable[], marketNow: Micros = NOON) =>
  planPacking(all, { marketNow, widths }).map((p) => `${p.name} <- ${p.parts.map((x) => x.name).join(' ')}`)
const named = (...names: string[]) => names.map((n) => `${TICKS}_${n}`)
const alone = (name: string) => `${TICKS}_${name} <- ${TICKS}_${name}`

describe('packed alone', () => {
  test('two days after its end, when it is worth it and not packed yet', () => {
    const all = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-20'].map((d) => part(d, 'day'))
    expect(plan(all)).toEqual([alone('y2026m11d16'), alone('y2026m11d17')])
    expect(plan(all, NOON + 2 * DAY_US)).toContain(alone('y2026m11d18'))
    expect(plan([part('2026-11-16', 'day', { bytes: 40_000, indexBytes: 20_000 })])).toEqual([])
  })

  test('again only once it has grown by a tenth', () => {
    expect(plan([part('2026-11-16', 'day', { packedBytes: 295 * MB })])).toEqual([])
    expect(plan([part('2026-11-16', 'day', { packedBytes: 260 * MB })])).toHaveLength(1)
  })

  test('never what is detached', () => {
    expect(plan([part('2026-11-16', 'day', { attached: false })])).toEqual([])
  })
})

describe('made one', () => {
  const days = (from: number, to: number, month = '2026-09') =>
    Array.from({ length: to - from + 1 }, (_, n) =>
      part(`${month}-${String(from + n).padStart(2, '0')}`, 'day', {
        rows: 1000,
        bytes: MB,
        indexBytes: MB,
        packedBytes: 2 * MB,
      }),
    )

  test('days of a month that is older than what is recent, with the days that have no partition', () => {
    const some = [...days(1, 3), ...days(10, 12)]
    expect(plan(some)).toEqual([`${TICKS}_y2026m09 <- ${some.map((p) => p.name).join(' ')}`])
    expect(plan(days(1, 31, '2026-10')).filter((p) => p.includes(' y'))).toEqual([])
    expect(plan(days(1, 31, '2026-10'), NOON + 20 * DAY_US)).toEqual([])
    expect(plan(days(1, 31, '2026-10'), NOON + 21 * DAY_US)).toHaveLength(1)
  })

  test('not over one that is detached or in another width', () => {
    const detached = part('2026-09-05', 'day', { attached: false })
    const [, second] = [
      plan([...days(1, 4), detached, ...days(6, 8)])[0],
      plan([...days(1, 4), detached, ...days(6, 8)])[1],
    ]
    expect(plan([...days(1, 4), detached, ...days(6, 8)])[0]).toMatch(
      /^market_data_ticks_y2026m09d01_y2026m09d05 <- /,
    )
    expect(second).toMatch(/^market_data_ticks_y2026m09d06_y2026m10d01 <- /)
    const week = part('2026-09-30', 'week', { packedBytes: 300 * MB })
    expect(plan([...days(20, 22), week])[0]).toMatch(/^market_data_ticks_y2026m09d01_y2026m09d28 <- /)
  })

  test('months of years that are long past become a year, unless they are big', () => {
    const months = (rows: number) =>
      ['2023-01', '2023-02', '2023-03'].map((m) => part(`${m}-01`, 'month', { rows, packedBytes: 300 * MB }))
    expect(plan(months(100_000))).toEqual([
      `${TICKS}_y2023 <- ${named('y2023m01', 'y2023m02', 'y2023m03').join(' ')}`,
    ])
    expect(plan(months(60_000_000))).toEqual([])
    expect(plan([part('2025-01-01', 'month', { packedBytes: 300 * MB })])).toEqual([])
  })
})
