import { describe, expect, it } from 'vitest'
import { type Connection, connectionPhase, moveConnection } from './connection.ts'

const opening: Connection = { open: false, sinceMs: 0, everOpen: false }

describe('the connection', () => {
  it('opens, is lost, and is missed after a while', () => {
    expect(connectionPhase(opening, 1_000)).toBe('connecting')
    const open = moveConnection(opening, true, 2_000)
    expect(connectionPhase(open, 99_000)).toBe('live')
    const lost = moveConnection(open, false, 100_000)
    expect(connectionPhase(lost, 101_000)).toBe('reconnecting')
    expect(connectionPhase(lost, 108_000)).toBe('disconnected')
  })

  it('remembers since when, however often it is told the same', () => {
    const lost = moveConnection({ open: true, sinceMs: 0, everOpen: true }, false, 5_000)
    expect(moveConnection(lost, false, 9_000)).toBe(lost)
    expect(lost.sinceMs).toBe(5_000)
  })
})
