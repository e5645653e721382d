// What screen readers are told of a move: one line for the whole page.
import { useSyncExternalStore } from 'react'

let words = ''
const listeners = new Set<() => void>()

export function announce(line: string): void {
  // The same words again would not be read out again.
  words = line === words ? `${line}\u00a0` : line
  for (const tell of listeners) tell()
}

export const useLiveWords = (): string =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => words,
  )
