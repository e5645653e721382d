/**
 * Whose work is what, when several daemons run: each kind of work has one daemon of those alive that goes first, by a
 * list that all of them know. The others stand in for it. Pure: no daemon has to agree with another about anything but
 * who is there, and where they differ for a moment, slots and leases still let only one do it.
 */

/** The heavy ones lie apart, so that two or three daemons have about as much to do. */
const WORK = [
  'sweep:equity',
  'sweep:crypto',
  'sweep:index',
  'sweep:fx',
  'minutes',
  'gaps',
  'history',
  'actions',
  'reference',
  'close:CRYPTO',
  'close:XNYS',
  'close:FX',
]

/** @param crew daemons that are alive, in the same order everywhere. @returns null when nobody is known to be. */
export function ownerOf(work: string, crew: readonly string[]): string | null {
  if (crew.length === 0) return null
  const place = WORK.indexOf(work)
  return crew[(place < 0 ? hash(work) : place) % crew.length]!
}

const hash = (text: string): number => {
  let sum = 7
  for (const char of text) sum = (Math.imul(sum, 31) + char.codePointAt(0)!) >>> 0
  return sum
}
