// Where a reader looks, between places on the chart (bars counted from the left, with fractions) and time: the chart
// knows no time between bars, and the same time lies elsewhere once bars are longer or shorter.
import type { Micros } from '@onetape/market'
import type { Sight } from './chart-window.ts'

export interface PlaceRange {
  from: number
  to: number
}

/** Room beside the newest bar. A reader who zooms out over all that is drawn makes more of it; history is meant. */
export const ROOM_BARS = 6

/** What is in sight; null while there is too little to tell. `stamps` are the bars' starts, ascending. */
export function sightOf(stamps: readonly Micros[], range: PlaceRange, widthPx: number): Sight | null {
  if (stamps.length < 2 || range.to <= range.from) return null
  const { from, to } = withoutVoid(range, stamps.length - 1)
  return {
    from: timeAt(stamps, from),
    to: to >= stamps.length - 1 ? null : timeAt(stamps, to),
    barPx: widthPx / (to - from),
    widthPx,
  }
}

/**
 * The places at which other bars of the series show the same time, or null when they have nothing of it. Who has the
 * newest bar in sight keeps it in sight.
 * @param isSameLength the bars are as long as before, so that their width stays, too.
 */
export function keepSight(
  before: readonly Micros[],
  range: PlaceRange,
  after: readonly Micros[],
  isSameLength: boolean,
): PlaceRange | null {
  if (before.length < 2 || after.length < 2) return null
  const [last, newLast] = [before.length - 1, after.length - 1]
  const seen = withoutVoid(range, last)
  const width = seen.to - seen.from
  const isAtNewest = seen.to >= last && after[newLast]! >= before[last]!
  const newest = newLast + seen.to - last
  if (isSameLength && isAtNewest) return { from: Math.max(0, newest - width), to: newest }
  // Nothing is older than the oldest: the chart would make up for it beside the newest.
  const from = Math.max(0, placeOf(after, timeAt(before, seen.from)))
  if (isSameLength) return { from, to: from + width }
  const to = isAtNewest ? newest : placeOf(after, timeAt(before, seen.to))
  return to - from < 2 || to < 0 || from > newLast ? null : { from, to }
}

/** The range moved to the left until no more than the usual room is beside the newest bar. */
function withoutVoid({ from, to }: PlaceRange, last: number): PlaceRange {
  const excess = Math.max(0, to - last - ROOM_BARS)
  return { from: from - excess, to: to - excess }
}

const stepOf = (stamps: readonly Micros[]): number => (stamps.at(-1)! - stamps[0]!) / (stamps.length - 1)

/** Beyond the ends time goes on as it does on average. */
function timeAt(stamps: readonly Micros[], place: number): Micros {
  const last = stamps.length - 1
  if (place <= 0) return Math.round(stamps[0]! + place * stepOf(stamps))
  if (place >= last) return Math.round(stamps[last]! + (place - last) * stepOf(stamps))
  const left = Math.floor(place)
  return Math.round(stamps[left]! + (place - left) * (stamps[left + 1]! - stamps[left]!))
}

function placeOf(stamps: readonly Micros[], time: Micros): number {
  const last = stamps.length - 1
  if (time <= stamps[0]!) return (time - stamps[0]!) / stepOf(stamps)
  if (time >= stamps[last]!) return last + (time - stamps[last]!) / stepOf(stamps)
  let [low, high] = [0, last]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (stamps[middle]! <= time) low = middle
    else high = middle
  }
  return low + (time - stamps[low]!) / (stamps[high]! - stamps[low]!)
}
