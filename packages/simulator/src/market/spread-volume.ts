// How a stretch's volume falls on its minutes.
import type { Part } from './day-path.ts'
import { mix } from './hash.ts'
import type { Stretch } from './stretch.ts'

/** Lots that a minute which must print one of the frame's prices has at least, so that it can print four trades. */
export const FORCED_LOTS = 4
const scratch = new Float64Array(1_500)

/**
 * Lots for each minute, heavy at the open and the close. A minute trades or not by chance; those that do get one lot
 * each (four where a landmark must be printed) and a share of the rest, so the sum is exactly `volume`.
 */
export function spreadVolume(s: Stretch, volume: number, part: Part): void {
  const { cumulative, minutes, key } = s
  const drawKey = mix(key, 60)
  const perMinute = volume / minutes / s.lotsPerTrade
  const onlyAt = part === 'pre' ? minutes - 1 : part === 'post' ? 0 : -1
  const weights = scratch
  const busy = shapeOf(s, part)
  let total = 0
  let base = 0
  for (let i = 0; i < minutes; i++) {
    const draw = mix(drawKey, i)
    const weight = busy[i]! * (0.5 + (draw & 0xffff) / 65_536)
    const expected = perMinute * weight
    const forced = isLandmark(s, i) || i === onlyAt
    const within = part !== 'regular' || (i > s.firstAt && i < s.lastAt)
    const trades = forced || (within && (draw >>> 16) / 65_536 < (expected * 1.6) / (1 + expected * 1.6))
    weights[i] = trades ? weight : 0
    total += weights[i]!
    base += forced ? FORCED_LOTS : trades ? 1 : 0
  }
  const rest = volume - base
  let weightSoFar = 0
  let baseSoFar = 0
  for (let i = 0; i < minutes; i++) {
    if (weights[i]! > 0) {
      weightSoFar += weights[i]!
      baseSoFar += isLandmark(s, i) || i === onlyAt ? FORCED_LOTS : 1
    }
    cumulative[i + 1] = baseSoFar + (weightSoFar >= total ? rest : Math.floor((rest * weightSoFar) / total))
  }
}

export const isLandmark = (s: Stretch, i: number): boolean =>
  i === s.firstAt || i === s.highAt || i === s.lowAt || i === s.lastAt

const shapes = new Map<string, Float64Array>()

function shapeOf({ listing, minutes }: Stretch, part: Part): Float64Array {
  const name = listing.kind === 'equity' ? `${part} ${minutes}` : listing.kind
  let known = shapes.get(name)
  if (!known) {
    known = Float64Array.from({ length: minutes }, (_, i) =>
      listing.kind === 'equity' ? shape(i / minutes, part) : WAVES[listing.kind](i / minutes),
    )
    shapes.set(name, known)
  }
  return known
}

/** How busy a minute is, 1 on average; `x` runs from 0 to 1 over the part. */
function shape(x: number, part: Part): number {
  if (part === 'pre') return 0.15 + 2.6 * x * x
  if (part === 'post') return 0.1 + 2.8 * (1 - x) ** 3
  const u = 2 * x - 1
  return 0.62 + 1.9 * u ** 4 + (x < 0.013 ? 2.5 : 0) + (x > 0.995 ? 5 : 0)
}

/** Coins have no open and no close: a bit busier while America is awake. */
const wave = (x: number): number => 1 + 0.35 * Math.sin(2 * Math.PI * (x - 0.4))

/** From roll to roll at 17:00 New York: asleep at both ends, awake in Tokyo, busiest while London and New York meet. */
const forexWave = (x: number): number =>
  Math.min(1, 0.06 + x * 12, 0.06 + (1 - x) * 12) *
  (0.35 + 0.3 * hump(x, 0.14, 0.08) + 1.1 * hump(x, 0.46, 0.08) + 2 * hump(x, 0.67, 0.1))

const hump = (x: number, at: number, width: number): number => Math.exp(-(((x - at) / width) ** 2))

const WAVES = { crypto: wave, fx: forexWave } as const
