// A wandering line over days that can be asked for any day at once, without walking there: noise of many wave
// lengths added up, each with the weight that makes the sum spread like a random walk.
import { normal } from './hash.ts'

/** Wave lengths in days: 1, 3, 9 and so on, up to six years. */
const OCTAVES = 8
const RATIO = 3
/** Makes one step of one day have a deviation of about 1 (measured). */
const SCALE = 0.62
/** Sessions between the jumps that earnings make. */
const JUMP_EVERY_DAYS = 91

/** Deviation of about 1 between neighbouring days, about sqrt(n) between days n apart up to some years. */
export function wander(key: number, day: number): number {
  let sum = 0
  for (let octave = 0; octave < OCTAVES; octave++) {
    const position = day / RATIO ** octave
    const cell = Math.floor(position)
    const f = position - cell
    const smooth = f * f * (3 - 2 * f)
    const octaveKey = key + octave * 7919
    const left = normal(octaveKey, cell)
    const value = f === 0 ? left : left + (normal(octaveKey, cell + 1) - left) * smooth
    sum += value * RATIO ** (octave / 2)
  }
  const quarter = Math.floor((day + (key % JUMP_EVERY_DAYS)) / JUMP_EVERY_DAYS)
  return sum * SCALE + normal(key ^ 0x3c6ef372, quarter) * 2
}
