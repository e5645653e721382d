// The clock on the wall: timeouts, leases, pauses and heartbeats. Never shifted, and never used for market facts.
import { type Clock, microsFromMillis } from '@onetape/market'

export const wallClock: Clock = { now: () => microsFromMillis(Date.now()) }
