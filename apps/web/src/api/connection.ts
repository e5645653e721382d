/** Whether the live stream is open, and since when it has been so. Browser time, milliseconds. */
export interface Connection {
  open: boolean
  sinceMs: number
  /** False until the stream was open once: the page is still being opened. */
  everOpen: boolean
}

export type ConnectionPhase = 'connecting' | 'live' | 'reconnecting' | 'disconnected'

/** A restart of the API takes a second or two; what lasts longer is worth an alarm. */
export const DISCONNECTED_AFTER_MS = 8_000

export function connectionPhase(connection: Connection, nowMs: number): ConnectionPhase {
  if (connection.open) return 'live'
  if (nowMs - connection.sinceMs >= DISCONNECTED_AFTER_MS) return 'disconnected'
  return connection.everOpen ? 'reconnecting' : 'connecting'
}

/** The same object when nothing changed, so that nobody renders for it. */
export function moveConnection(was: Connection, open: boolean, nowMs: number): Connection {
  return was.open === open ? was : { open, sinceMs: nowMs, everOpen: was.everOpen || open }
}
