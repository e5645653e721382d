// How far behind a price of Yahoo is, where the answer itself does not say it.

/** Option prices of US exchanges; no field of a chain says so. */
export const OPTIONS_DELAYED_MINUTES = 15

/** Exchanges that the stream carries live: the US ones, their indices, crypto and currencies. */
const LIVE = new Set(['NMS', 'NGM', 'NCM', 'NYQ', 'ASE', 'PCX', 'BTS', 'SNP', 'DJI', 'NIM', 'CCC', 'CCY'])
const NOMINAL_MINUTES = 15

/** Minutes by which the stream runs behind for an exchange of the vendor's code: nominal where it is not live. */
export const streamDelay = (exchange: string): number => (LIVE.has(exchange) ? 0 : NOMINAL_MINUTES)

export const feedOf = (delayedMinutes: number): string => (delayedMinutes > 0 ? 'delayed' : 'yahoo')
