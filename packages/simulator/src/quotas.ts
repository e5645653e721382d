// The vendors' limits, enforced exactly: a sliding window a credential and scope, counted at arrival. What is refused
// does not count.
import { z } from 'zod'
import { VENDORS, type VendorName } from './faults.ts'
import { maskCredential } from './request-log.ts'

export interface Quota {
  scope: string
  calls: number
  windowMs: number
  /** Paths counted, below the vendor's prefix; all when absent. */
  match?: RegExp
}

export interface QuotaAsk {
  vendor: VendorName
  credential: string
  path: string
  /** What the call counts; 1 when absent. */
  weight?: number
}

export interface QuotaState {
  scope: string
  limit: number
  /** Left after this call. */
  remaining: number
  /** Real time in milliseconds at which the oldest counted call leaves the window. */
  resetAtMs: number
}

/** `states`: the limits that the call falls under; `refusedBy` the first one that is used up. */
export interface QuotaAnswer {
  refusedBy: QuotaState | null
  states: QuotaState[]
}

export const quotaOverrideSchema = z.object({
  vendor: z.enum(VENDORS),
  /** Replaces the vendor's limit of this name; all of its limits by this one when absent. */
  scope: z.string().min(1).optional(),
  /** Of one credential alone; of every one when absent. */
  key: z.string().min(1).optional(),
  calls: z.number().int().nonnegative(),
  windowMs: z.number().positive(),
})
export type QuotaOverride = z.input<typeof quotaOverrideSchema>

export interface QuotaCount {
  vendor: VendorName
  credential: string
  allowed: number
  refused: number
}

export class Quotas {
  readonly #nowMs: () => number
  readonly #limitsOf: (vendor: VendorName, credential: string) => readonly Quota[]
  readonly #windows = new Map<string, { at: number; weight: number }[]>()
  readonly #counts = new Map<string, QuotaCount>()
  #overrides: z.output<typeof quotaOverrideSchema>[] = []

  constructor(nowMs: () => number, limitsOf: (vendor: VendorName, credential: string) => readonly Quota[]) {
    this.#nowMs = nowMs
    this.#limitsOf = limitsOf
  }

  /** Counts a call, or refuses it. */
  take({ vendor, credential, path, weight = 1 }: QuotaAsk): QuotaAnswer {
    const now = this.#nowMs()
    const limits = this.#effective(vendor, credential).filter((q) => !q.match || q.match.test(path))
    const windows = limits.map((quota) => ({
      quota,
      calls: this.#window(vendor, credential, { quota, now }),
    }))
    const full = windows.find(({ quota, calls }) => spent(calls) + weight > quota.calls)
    const key = `${vendor} ${credential}`
    const count = this.#counts.get(key) ?? { vendor, credential, allowed: 0, refused: 0 }
    this.#counts.set(key, count)
    if (full) count.refused++
    else {
      count.allowed++
      for (const { calls } of windows) calls.push({ at: now, weight })
    }
    const state = ({ quota, calls }: (typeof windows)[number]): QuotaState => ({
      scope: quota.scope,
      limit: quota.calls,
      remaining: Math.max(0, quota.calls - spent(calls)),
      resetAtMs: (calls[0]?.at ?? now) + quota.windowMs,
    })
    return { refusedBy: full ? state(full) : null, states: windows.map(state) }
  }

  /** @throws ZodError when the override is none. */
  override(order: QuotaOverride): void {
    const override = quotaOverrideSchema.parse(order)
    this.#overrides = this.#overrides.filter(
      (o) =>
        o.vendor !== override.vendor ||
        o.key !== override.key ||
        (override.scope !== undefined && o.scope !== override.scope),
    )
    this.#overrides.push(override)
  }

  /** Back to the vendors' own limits, with nothing counted. */
  clear(): void {
    this.#overrides = []
    this.#windows.clear()
    this.#counts.clear()
  }

  /** Credentials are shown by their first characters. */
  list(): QuotaCount[] {
    return [...this.#counts.values()].map((c) => ({ ...c, credential: maskCredential(c.credential) }))
  }

  #effective(vendor: VendorName, credential: string): readonly Quota[] {
    const own = this.#limitsOf(vendor, credential)
    // What was ordered for one credential goes before what was ordered for all.
    const all = this.#overrides.filter((o) => o.vendor === vendor)
    const keyed = all.filter((o) => o.key === credential)
    const orders = keyed.length > 0 ? keyed : all.filter((o) => o.key === undefined)
    if (orders.length === 0) return own
    const whole = orders.find((o) => o.scope === undefined)
    if (whole) return [{ scope: 'all', calls: whole.calls, windowMs: whole.windowMs }]
    const scopes = new Set(own.map((quota) => quota.scope))
    return [
      ...own.map((quota) => ({ ...quota, ...orders.find((o) => o.scope === quota.scope) })),
      ...orders.filter((o) => !scopes.has(o.scope!)).map((o) => ({ ...o, scope: o.scope! })),
    ]
  }

  #window(
    vendor: VendorName,
    credential: string,
    { quota, now }: { quota: Quota; now: number },
  ): { at: number; weight: number }[] {
    const key = `${vendor} ${credential} ${quota.scope} ${quota.windowMs}`
    const calls = this.#windows.get(key) ?? []
    this.#windows.set(key, calls)
    const kept = calls.findIndex(({ at }) => at > now - quota.windowMs)
    calls.splice(0, kept === -1 ? calls.length : kept)
    return calls
  }
}

const spent = (calls: readonly { weight: number }[]): number => calls.reduce((n, c) => n + c.weight, 0)
