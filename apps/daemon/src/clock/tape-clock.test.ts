import { MINUTE_US, SECOND_US } from '@onetape/market'
import { describe, expect, it } from 'vitest'
import { createTapeClock } from './tape-clock.ts'

describe('the tape clock', () => {
  let wallNow = 1_000 * MINUTE_US
  const wall = { now: () => wallNow }
  /** The server answers, its clock read half-way, so much ahead of our right one. */
  const answerTaking = (tripUs: number, aheadUs: number) => async () => {
    const serverNow = wallNow + tripUs / 2 + aheadUs
    wallNow += tripUs
    return { serverNow }
  }

  it('is the wall clock while the two agree as well as a round trip can tell', async () => {
    const clock = createTapeClock(wall)
    for (const aheadUs of [-200_000, 0, 200_000]) await clock.ask(answerTaking(2_000, aheadUs))
    await clock.ask(answerTaking(SECOND_US, SECOND_US))
    expect(clock.now()).toBe(wallNow)
  })

  it('follows the server where the machine is minutes off, and comes back when it is set right', async () => {
    const clock = createTapeClock(wall)
    await clock.ask(answerTaking(4_000, -5 * MINUTE_US))
    expect(clock.now()).toBe(wallNow - 5 * MINUTE_US)
    await clock.ask(answerTaking(4_000, -5 * MINUTE_US + 100_000))
    expect(clock.offsetUs).toBe(-5 * MINUTE_US)
    wallNow -= 5 * MINUTE_US
    await clock.ask(answerTaking(4_000, 0))
    expect(clock.offsetUs).toBe(0)
  })

  it('learns nothing from an answer that took long, or while the machine was set back', async () => {
    const clock = createTapeClock(wall)
    await clock.ask(answerTaking(3 * SECOND_US, 5 * MINUTE_US))
    await clock.ask(answerTaking(-MINUTE_US, 5 * MINUTE_US))
    expect(clock.offsetUs).toBe(0)
  })
})
