// The vendor's side of a budget, as strict as a vendor can be: every call by its arrival, in an exact sliding window.

export interface Rule {
  calls: number
  windowMs: number
}

export interface Judge {
  /** @param atMs when the call arrived, simulated; calls may be told in any order. */
  arrived(atMs: number): void
  /** How many calls came while the window before them was full. */
  breaches(): number
  count(): number
}

export function createJudge({ calls, windowMs }: Rule): Judge {
  const arrivals: number[] = []
  return {
    arrived: (atMs) => void arrivals.push(atMs),
    count: () => arrivals.length,
    breaches() {
      const sorted = arrivals.toSorted((a, b) => a - b)
      let breaches = 0
      for (let i = calls; i < sorted.length; i++) if (sorted[i]! - sorted[i - calls]! < windowMs) breaches++
      return breaches
    },
  }
}
