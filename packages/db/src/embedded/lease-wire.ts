// What clients and guardian say to each other over loopback TCP: one JSON value a line.
import type { Socket } from 'node:net'
import { readIfThere } from './state-dir.ts'

/** guardian.json: where to knock and the word that opens. */
export interface GuardianAddress {
  pid: number
  port: number
  token: string
}

export type FromClient = { token: string } | { bye: true }

export type FromGuardian =
  /** Sent every second until one of the others: "still at it". */
  | { at: 'starting' }
  | { at: 'ready'; port: number; user: string; password: string }
  | { at: 'problem'; message: string }

export function readAddress(path: string): GuardianAddress | null {
  try {
    const value = JSON.parse(readIfThere(path) ?? 'null') as GuardianAddress | null
    return value && Number.isInteger(value.port) && typeof value.token === 'string' ? value : null
  } catch {
    return null
  }
}

export function sendLine(socket: Socket, message: FromClient | FromGuardian): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}

const LINE_BYTES_MAX = 16_384

/** Calls back per line; a peer that speaks another language is cut off. */
export function onLines(socket: Socket, onMessage: (message: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    try {
      for (const line of lines) onMessage(JSON.parse(line))
    } catch {
      socket.destroy()
    }
    if (rest.length > LINE_BYTES_MAX) socket.destroy()
  })
}
