import type { Micros } from './instant.ts'

/**
 * The two clocks, both injected. `marketClock` is shifted in demo: event times, sessions, ages, partitions.
 * `wallClock` never is: timeouts, leases, budgets, token expiry.
 */
export interface Clock {
  now(): Micros
}
