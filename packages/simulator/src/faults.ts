// Faults to order: the script says which requests go wrong, and how. Faults are tried in the order they were added;
// one that is used up or has run out of time is gone.
import { z } from 'zod'

export const VENDORS = ['polygon', 'yahoo', 'coinbase'] as const
export type VendorName = (typeof VENDORS)[number]

export const FAULT_KINDS = [
  'rate_limited',
  'server_error',
  'timeout',
  'slow',
  'malformed_row',
  'empty',
  'cut',
  'unauthorized',
] as const

export const faultSchema = z.object({
  vendor: z.enum([...VENDORS, '*']).default('*'),
  kind: z.enum(FAULT_KINDS),
  /** Part of the path and query of the requests meant, below the vendor's prefix; all of them when absent. */
  match: z.string().min(1).optional(),
  /** Requests that it spoils; without `count` and `forMs` it goes on until cleared. */
  count: z.number().int().positive().optional(),
  /** Milliseconds of real time that it lasts. */
  forMs: z.number().positive().optional(),
  /** `Retry-After` of a rate_limited answer, in seconds; no such header when absent. */
  retryAfterS: z.number().nonnegative().optional(),
  /** How much a slow answer is held back. */
  delayMs: z.number().nonnegative().default(3_000),
})
export type FaultOrder = z.input<typeof faultSchema>
export type Fault = z.output<typeof faultSchema>

interface Standing {
  id: number
  fault: Fault
  left: number
  endsAtMs: number
  hits: number
}

export class FaultScript {
  readonly #nowMs: () => number
  #standing: Standing[] = []
  #nextId = 1

  /** @param nowMs A clock that only goes forward, for `forMs`. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** @throws ZodError when the order is none. */
  add(order: FaultOrder): number {
    const fault = faultSchema.parse(order)
    const id = this.#nextId++
    this.#standing.push({
      id,
      fault,
      left: fault.count ?? Number.POSITIVE_INFINITY,
      endsAtMs: fault.forMs === undefined ? Number.POSITIVE_INFINITY : this.#nowMs() + fault.forMs,
      hits: 0,
    })
    return id
  }

  clear(): void {
    this.#standing = []
  }

  list(): (Fault & { id: number; hits: number })[] {
    this.#expire()
    return this.#standing.map(({ id, fault, hits }) => ({ id, ...fault, hits }))
  }

  /** The fault that a request falls to, used up by one; null when it may pass. */
  take(vendor: VendorName, path: string): Fault | null {
    this.#expire()
    const hit = this.#standing.find(
      ({ fault }) =>
        (fault.vendor === '*' || fault.vendor === vendor) && (!fault.match || path.includes(fault.match)),
    )
    if (!hit) return null
    hit.hits++
    hit.left--
    return hit.fault
  }

  #expire(): void {
    const now = this.#nowMs()
    this.#standing = this.#standing.filter((s) => s.left > 0 && s.endsAtMs > now)
  }
}
