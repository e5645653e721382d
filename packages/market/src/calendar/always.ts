// Crypto: every UTC day is a session, and there is no moment without one.
import { DAY_US } from '../instant.ts'
import type { Session } from '../session.ts'

export function cryptoSession(date: string): Session {
  const open = Date.parse(`${date}T00:00:00Z`) * 1000
  const close = open + DAY_US
  return { venue: 'CRYPTO', date, preOpen: open, open, close, postClose: close, earlyClose: false }
}
