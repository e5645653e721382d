// One timer for everything on the page that counts seconds.
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let nowMs = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    nowMs = Date.now()
    timer = setInterval(() => {
      nowMs = Date.now()
      for (const tell of listeners) tell()
    }, 1_000)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

/** Browser time in milliseconds, renewed every second. */
export const useNowMs = (): number => useSyncExternalStore(subscribe, () => nowMs)

/** Runs a selector every second and renders only when its answer changed. */
export const useEverySecond = <T extends string | number | boolean | null>(read: (nowMs: number) => T): T =>
  useSyncExternalStore(subscribe, () => read(nowMs))
