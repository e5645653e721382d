// The pacing rules of history besides the 60 requests in ten minutes: none twice within 15 s, and less than six of
// the same contract, exchange and kind within 2 s.
const IDENTICAL_MS = 15_000
const BURST_MS = 2_000
const BURST_MAX = 6

export interface PacedRequest {
  /** Everything that was asked, without the running number. */
  whole: string
  /** Contract, exchange and kind of tick. */
  kind: string
}

export class Pacing {
  #asked: (PacedRequest & { at: number })[] = []

  /** Counts a request, or says that it comes too soon. */
  take(request: PacedRequest, nowMs: number): boolean {
    this.#asked = this.#asked.filter(({ at }) => at > nowMs - IDENTICAL_MS)
    const identical = this.#asked.some(({ whole }) => whole === request.whole)
    const burst = this.#asked.filter(({ kind, at }) => kind === request.kind && at > nowMs - BURST_MS)
    if (identical || burst.length + 1 >= BURST_MAX) return false
    this.#asked.push({ ...request, at: nowMs })
    return true
  }
}
