// An order of sources as a list of names, the first asked first: moving in it, and how it differs from the house's.
// Pure; nothing here changes what it is given.

export type Order = readonly string[]

/** `name` at place `index` (from 0) of the result, wherever it was before; put in where it was not. */
export function placeAt(order: Order, name: string, index: number): string[] {
  const rest = order.filter((other) => other !== name)
  const at = Math.max(0, Math.min(rest.length, index))
  return [...rest.slice(0, at), name, ...rest.slice(at)]
}

/** Beside another one: where a drag ends. */
export function placeBeside(order: Order, name: string, beside: { name: string; after: boolean }): string[] {
  if (name === beside.name) return [...order]
  const rest = order.filter((other) => other !== name)
  const at = rest.indexOf(beside.name)
  return placeAt(rest, name, at < 0 ? rest.length : at + (beside.after ? 1 : 0))
}

export function moveBy(order: Order, name: string, by: number): string[] {
  const at = order.indexOf(name)
  return at < 0 ? [...order] : placeAt(order, name, at + by)
}

export const without = (order: Order, name: string): string[] => order.filter((other) => other !== name)

export const sameOrder = (a: Order | null, b: Order | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((name, i) => name === b[i]))

export interface Moved {
  name: string
  /** Places from 1; null where it does not stand in that order. */
  was: number | null
  now: number | null
}

const placeIn = (order: Order, name: string): number | null => {
  const at = order.indexOf(name)
  return at < 0 ? null : at + 1
}

/**
 * What differs from the house's order, fewest words first: those put in and left out, and those that overtook others.
 * One that only slid because of another is not said to have moved.
 */
export function diffToHouse(order: Order, house: Order): Moved[] {
  const both = order.filter((name) => house.includes(name))
  const stayed = longestRun(both.map((name) => house.indexOf(name))).map((at) => house[at]!)
  const movedOnes = both.filter((name) => !stayed.includes(name))
  const put = order.filter((name) => !house.includes(name))
  const left = house.filter((name) => !order.includes(name))
  return [...movedOnes, ...put, ...left].map((name) => ({
    name,
    was: placeIn(house, name),
    now: placeIn(order, name),
  }))
}

/** The longest rising subsequence: what kept its place relative to the others. */
function longestRun(numbers: readonly number[]): number[] {
  let best: number[] = []
  const ending: number[][] = []
  for (const [i, n] of numbers.entries()) {
    let run: number[] = []
    for (let j = 0; j < i; j++) {
      if (numbers[j]! < n && ending[j]!.length > run.length) run = ending[j]!
    }
    const own = [...run, n]
    ending.push(own)
    // Of two that changed places the one that came forward is the one that was moved.
    if (own.length >= best.length) best = own
  }
  return best
}

/**
 * Mine applied again over theirs: my order as I had it, then what they put in meanwhile that I never saw. Null (the
 * house's default) is a choice like any other.
 */
export function mineOverTheirs(o: {
  before: Order | null
  mine: Order | null
  theirs: Order | null
}): string[] | null {
  const { before, mine, theirs } = o
  if (mine === null) return null
  const unseen = (theirs ?? []).filter((name) => !mine.includes(name) && !(before ?? []).includes(name))
  return theirs === null ? [...mine] : [...mine, ...unseen]
}
