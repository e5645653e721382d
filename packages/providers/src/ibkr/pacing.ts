// What the vendor forbids of requests for history beyond their number: the same one twice within 15 s, and a sixth for
// one contract within 2 s. Both are judged before anything is sent.
import type { Clock, Micros } from '@onetape/market'

/** The vendor counts when a request arrives, we when it is queued: a little more than its 15 s and 2 s. */
const SAME_US = 15_500_000
const BURST_US = 2_300_000
const BURST_MAX = 5

export interface Pacing {
  /** Milliseconds to wait before this contract may be asked again. */
  waitMs(contract: string): number
  /**
   * Takes note of a request that goes out now. @returns how often the same one went out in the last 15 s: so many
   * seconds or days more of history make it another one.
   */
  asked(request: string, contract: string): number
}

export function createPacing(clock: Clock): Pacing {
  const same = new Map<string, Micros[]>()
  const bursts = new Map<string, Micros[]>()
  const lately = (times: Map<string, Micros[]>, key: string, spanUs: number): Micros[] =>
    (times.get(key) ?? []).filter((at) => clock.now() - at < spanUs)
  const tidy = (times: Map<string, Micros[]>, spanUs: number) => {
    for (const key of times.keys()) {
      const left = lately(times, key, spanUs)
      if (left.length > 0) times.set(key, left)
      else times.delete(key)
    }
  }
  return {
    waitMs(contract) {
      const times = lately(bursts, contract, BURST_US)
      return times.length < BURST_MAX ? 0 : Math.ceil((times.at(-BURST_MAX)! + BURST_US - clock.now()) / 1000)
    },
    asked(request, contract) {
      tidy(same, SAME_US)
      tidy(bursts, BURST_US)
      const before = lately(same, request, SAME_US)
      same.set(request, [...before, clock.now()])
      bursts.set(contract, [...lately(bursts, contract, BURST_US), clock.now()])
      return before.length
    },
  }
}
