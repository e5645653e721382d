import { instantInZone, MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { createLosses, hasTrading } from './losses.ts'
import { refOf } from './testing-events.ts'

const ny = (date: string, time: string): number => {
  const [h, m] = time.split(':').map(Number)
  return instantInZone(date, (h! * 60 + m!) * 60_000, 'America/New_York')
}
const AAPL = refOf('AAPL')
const BTC = refOf('BTC-USD', 'crypto')

function scene(at: number) {
  let now = at
  const losses = createLosses({ now: () => now })
  const goTo = (ts: number) => {
    now = ts
  }
  return { losses, goTo }
}

describe('losses', () => {
  it('run from the last event to the moment at which events come again', () => {
    const { losses, goTo } = scene(ny('2026-11-18', '10:00'))
    losses.up()
    losses.heard(AAPL, 0)
    goTo(ny('2026-11-18', '10:01'))
    losses.begin([AAPL], 'cut')
    goTo(ny('2026-11-18', '10:02'))
    losses.begin([AAPL], 'cut again')
    goTo(ny('2026-11-18', '10:05'))
    expect(losses.end([AAPL])).toEqual([
      {
        type: 'seam',
        refs: [AAPL],
        from: ny('2026-11-18', '10:00') - SECOND_US,
        to: ny('2026-11-18', '10:05'),
        reason: 'cut',
      },
    ])
    expect(losses.end([AAPL])).toEqual([])
  })

  it('are of the time that a delayed feed would have told of', () => {
    const { losses, goTo } = scene(ny('2026-11-18', '10:00'))
    losses.up()
    losses.heard(AAPL, 15)
    losses.begin([AAPL], 'cut')
    goTo(ny('2026-11-18', '10:05'))
    const [seam] = losses.end([AAPL])
    expect(seam).toMatchObject({
      from: ny('2026-11-18', '09:45') - SECOND_US,
      to: ny('2026-11-18', '10:05') - 15 * MINUTE_US,
    })
  })

  it('are none before the first connection, of what is no longer wanted, and while nothing trades', () => {
    const { losses, goTo } = scene(ny('2026-11-20', '21:00'))
    losses.begin([AAPL], 'could not connect')
    expect(losses.end([AAPL])).toEqual([])
    losses.up()
    goTo(ny('2026-11-22', '12:00'))
    losses.begin([AAPL, BTC], 'cut over the weekend')
    goTo(ny('2026-11-22', '13:00'))
    expect(losses.end([AAPL, BTC])).toMatchObject([{ refs: [BTC] }])
    losses.begin([BTC], 'cut')
    expect(losses.end([AAPL])).toEqual([])
  })

  it('know when a venue trades', () => {
    expect(hasTrading('XNYS', ny('2026-11-26', '10:00'), ny('2026-11-26', '16:00'))).toBe(false) // Thanksgiving
    expect(hasTrading('XNYS', ny('2026-11-27', '03:00'), ny('2026-11-27', '04:30'))).toBe(true)
    expect(hasTrading('XNYS', ny('2026-11-18', '10:00'), ny('2026-11-18', '10:00'))).toBe(false)
    expect(hasTrading('FX', ny('2026-11-21', '10:00'), ny('2026-11-21', '12:00'))).toBe(false)
    expect(hasTrading('CRYPTO', ny('2026-11-21', '10:00'), ny('2026-11-21', '12:00'))).toBe(true)
  })
})
