import type { Micros } from '@onetape/market'

/** The UTC day of an instant. */
export const dateOf = (ts: Micros): string => new Date(Math.floor(ts / 1000)).toISOString().slice(0, 10)
