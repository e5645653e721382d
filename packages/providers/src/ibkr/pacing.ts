// What the vendor forbids of requests for history beyond their number: the same one twice within 15 s, and a sixth
// for one contract within 2 s. Both are judged before anything is sent.
import type { Clock, Micros } from '@onetape/market'

/** The vendor counts when a request arrives, we when it is queued: a little more than its 15 s and 2 s. */
const SAME_US = 15_500_000
const BURST_US = 2_300_000
const BURST_MAX = 5

/** An answer that may be given again instead of asking again. */
interface Kept<T> {
  at: Micros
  answer: Promise<T>
}

export interface Pacing<T> {
  /** The answer to this very request, where it was asked less than 15 s ago. */
  recent(request: string): Promise<T> | null
  /** Milliseconds to wait before this contract may be asked again. */
  waitMs(contract: string): number
  /** Takes note of a request that goes out now; one that fails is forgotten, for it may be asked again. */
  asked(request: string, contract: string, answer: Promise<T>): void
}

export function createPacing<T>(clock: Clock): Pacing<T> {
  const kept = new Map<string, Kept<T>>()
  const bursts = new Map<string, Micros[]>()
  const tidy = (now: Micros) => {
    for (const [request, { at }] of kept) if (now - at >= SAME_US) kept.delete(request)
    for (const [contract, times] of bursts) {
      const left = times.filter((at) => now - at < BURST_US)
      if (left.length > 0) bursts.set(contract, left)
      else bursts.delete(contract)
    }
  }
  return {
    recent(request) {
      tidy(clock.now())
      return kept.get(request)?.answer ?? null
    },
    waitMs(contract) {
      const now = clock.now()
      tidy(now)
      const times = bursts.get(contract) ?? []
      return times.length < BURST_MAX ? 0 : Math.ceil((times.at(-BURST_MAX)! + BURST_US - now) / 1000)
    },
    asked(request, contract, answer) {
      const at = clock.now()
      kept.set(request, { at, answer })
      bursts.set(contract, [...(bursts.get(contract) ?? []), at])
      answer.catch(() => kept.delete(request))
    },
  }
}
