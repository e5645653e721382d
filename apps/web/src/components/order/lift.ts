// Moving a source by keyboard: space takes it up, arrows move it, space puts it down, Escape puts it back. What each
// key means, and what is said of it. Pure.
import { moveBy, type Order, placeAt } from './source-order.ts'

export interface Lift {
  name: string
  /** As it would stand if it were put down now. */
  order: Order
}

export type KeyDeed =
  | { deed: 'lift' }
  | { deed: 'move'; order: Order }
  | { deed: 'drop' }
  | { deed: 'cancel' }
  /** Moved and saved at once. */
  | { deed: 'shift'; order: Order }
  | { deed: 'focus'; name: string }
  | { deed: 'takeOut' }

type Key = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey'>

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/** Null: the key is not for the source. */
export function deedOf(event: Key, name: string, o: { order: Order; lift: Lift | null }): KeyDeed | null {
  const { key, altKey } = event
  if (event.ctrlKey || event.metaKey) return null
  const step = STEPS[key]
  if (altKey) return step === undefined ? null : { deed: 'shift', order: moveBy(o.order, name, step) }
  if (o.lift) return liftedDeed(key, step, o.lift)
  if (key === ' ' || key === 'Enter') return { deed: 'lift' }
  if (key === 'Delete' || key === 'Backspace') return { deed: 'takeOut' }
  const at = o.order.indexOf(name)
  const next = step !== undefined ? at + step : key === 'Home' ? 0 : key === 'End' ? o.order.length - 1 : null
  if (next === null) return null
  return { deed: 'focus', name: o.order[next] ?? name }
}

function liftedDeed(key: string, step: number | undefined, { name, order }: Lift): KeyDeed | null {
  if (key === ' ' || key === 'Enter') return { deed: 'drop' }
  if (key === 'Escape' || key === 'Tab') return { deed: 'cancel' }
  if (step !== undefined) return { deed: 'move', order: moveBy(order, name, step) }
  if (key === 'Home') return { deed: 'move', order: placeAt(order, name, 0) }
  if (key === 'End') return { deed: 'move', order: placeAt(order, name, order.length) }
  return null
}

export const placeWords = (order: Order, name: string): string =>
  `place ${order.indexOf(name) + 1} of ${order.length}`

/** What a screen reader is told of a deed. */
export function announcement(deed: KeyDeed, name: string, order: Order): string | null {
  switch (deed.deed) {
    case 'lift':
      return `${name} lifted, ${placeWords(order, name)}. Arrows move it, space drops it, escape puts it back.`
    case 'move':
      return `${name}, ${placeWords(deed.order, name)}.`
    case 'shift':
      return `${name} moved to ${placeWords(deed.order, name)}.`
    case 'drop':
      return `${name} dropped at ${placeWords(order, name)}.`
    case 'cancel':
      return `${name} put back.`
    case 'takeOut':
      return `${name} is not asked any more.`
    case 'focus':
      return null
  }
}
