// OANDA quotes its own clients: there is one tape, and it is live for every account.
export const FEED = 'oanda'
