// Faults to order: the script says which requests and stream frames go wrong, and how. Faults are tried in the order
// they were added; one that is used up or has run out of time is gone.
import { z } from 'zod'
import { maskCredential } from './request-log.ts'

export const VENDORS = ['polygon', 'yahoo', 'coinbase', 'alpaca', 'schwab', 'oanda', 'ibkr'] as const
export type VendorName = (typeof VENDORS)[number]

/** Answered instead of the route, or before it. */
export const REQUEST_FAULTS = [
  'rate_limited',
  'server_error',
  'timeout',
  'slow',
  'cut',
  'unauthorized',
  'plan_error',
  'token_expired',
  'malformed_row',
  'truncated_page',
  'empty',
] as const
/** The answer is well formed, and what it says is not so. */
export const VALUE_FAULTS = ['wrong_symbol', 'stale', 'outlier', 'unit_error', 'inverted'] as const
/** Played on the frames of streams and sockets. */
export const FRAME_FAULTS = [
  'mute',
  'duplicate',
  'out_of_order',
  'malformed_row',
  'truncated_page',
  'cut',
  'slow',
] as const

export const FAULT_KINDS = [...new Set([...REQUEST_FAULTS, ...VALUE_FAULTS, ...FRAME_FAULTS])] as const
export type RequestFaultKind = (typeof REQUEST_FAULTS)[number]
export type ValueFaultKind = (typeof VALUE_FAULTS)[number]
export type FrameFaultKind = (typeof FRAME_FAULTS)[number]
export type FaultKind = RequestFaultKind | ValueFaultKind | FrameFaultKind

export const faultSchema = z.object({
  vendor: z.enum([...VENDORS, '*']).default('*'),
  kind: z.enum(FAULT_KINDS as [FaultKind, ...FaultKind[]]),
  /** Part of the path and query meant, below the vendor's prefix; for a socket its path; all of them when absent. */
  match: z.string().min(1).optional(),
  /** The house's symbol whose prices or frames are meant, for value faults and streams; every symbol when absent. */
  symbol: z.string().min(1).optional(),
  /**
   * The API key or token that the request or the signed-in socket bears (Schwab: the app's key, the refresh token or the
   * access token; IBKR: the client id); everybody's when absent. Value faults on streams are not told apart by it.
   */
  key: z.string().min(1).optional(),
  /** Plays on requests or on stream frames alone; on both when absent. */
  on: z.enum(['request', 'stream']).optional(),
  /** Requests or frames that it spoils; without `count` and `forMs` it goes on until cleared. */
  count: z.number().int().positive().optional(),
  /** Milliseconds of real time that it lasts. */
  forMs: z.number().positive().optional(),
  /** `Retry-After` of a rate_limited answer, in seconds; no such header when absent. */
  retryAfterS: z.number().nonnegative().optional(),
  /** How much a slow answer or frame is held back. */
  delayMs: z.number().nonnegative().default(3_000),
})
export type FaultOrder = z.input<typeof faultSchema>
export type Fault = z.output<typeof faultSchema>

/** Where a fault may strike. */
export interface FaultPlace {
  vendor: VendorName
  /** Path and query below the vendor's prefix. */
  path: string
  on: 'request' | 'stream'
  kinds: readonly FaultKind[]
  /** What the other side showed of itself; nothing when absent. */
  keys?: readonly string[]
  /** The house's symbol concerned; null where no single one is, which a fault on one symbol passes by. */
  symbol?: string | null
}

interface Standing {
  id: number
  fault: Fault
  left: number
  endsAtMs: number
  hits: number
}

/** A fault that stands where it was looked up; `claim` uses it up by one. */
export interface StandingFault {
  fault: Fault
  claim(): void
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

  /** Keys are shown by their first characters. */
  list(): (Fault & { id: number; hits: number })[] {
    this.#expire()
    return this.#standing.map(({ id, fault: { key, ...fault }, hits }) => ({
      id,
      ...fault,
      ...(key === undefined ? {} : { key: maskCredential(key) }),
      hits,
    }))
  }

  /** The first fault that strikes at a place, used up by one; null when it may pass. */
  take(place: FaultPlace): Fault | null {
    if (this.#standing.length === 0) return null
    this.#expire()
    const hit = this.#standing.find(({ fault }) => strikes(fault, place) && ofSymbol(fault, place.symbol))
    if (!hit) return null
    hit.hits++
    hit.left--
    return hit.fault
  }

  /** All faults that could strike at a place, for any symbol, none used up yet. */
  standing(place: Omit<FaultPlace, 'symbol'>): StandingFault[] {
    if (this.#standing.length === 0) return []
    this.#expire()
    return this.#standing
      .filter(({ fault }) => strikes(fault, place))
      .map((s) => ({
        fault: s.fault,
        claim: () => {
          s.hits++
          s.left--
        },
      }))
  }

  #expire(): void {
    const now = this.#nowMs()
    this.#standing = this.#standing.filter((s) => s.left > 0 && s.endsAtMs > now)
  }
}

const strikes = (fault: Fault, { vendor, path, on, kinds, keys }: Omit<FaultPlace, 'symbol'>): boolean =>
  (fault.vendor === '*' || fault.vendor === vendor) &&
  (fault.on === undefined || fault.on === on) &&
  (fault.key === undefined || (keys?.includes(fault.key) ?? false)) &&
  kinds.includes(fault.kind) &&
  (!fault.match || path.includes(fault.match))

/** A request for many symbols is meant by a fault on one of them only in its rows, which value faults see to. */
const ofSymbol = (fault: Fault, symbol: string | null | undefined): boolean =>
  fault.symbol === undefined || fault.symbol === symbol
