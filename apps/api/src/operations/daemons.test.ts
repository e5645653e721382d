import { expect, it } from 'vitest'
import { daemonOperations, isRecent } from './daemons.ts'

const beat = { instanceId: 'a', pid: 7, startedAt: 0, beatAt: 1_000_000_000, marketAt: 0 }

it('reads what a daemon holds, its streams told once', () => {
  const detail = {
    busyWith: null,
    streams: [{ source: 'coinbase', state: 'up', symbols: 12, received: 900, seams: {} }],
    holds: {
      leases: ['minutes', 'stream:coinbase'],
      lanes: ['crypto'],
      sweeping: [],
      slots: [{ tier: 'core', assetClass: 'crypto', slotAt: 5, served: true }],
      crew: 2,
    },
  }
  expect(daemonOperations({ ...beat, detail }, beat.beatAt + 2_000_000)).toEqual({
    instanceId: 'a',
    pid: 7,
    alive: true,
    startedAt: 0,
    beatAgeMs: 2_000,
    busyWith: null,
    lanes: ['crypto'],
    sweeping: [],
    leases: ['minutes'],
    slots: [{ tier: 'core', assetClass: 'crypto', slotAt: 5, served: true }],
    streams: [{ source: 'coinbase', state: 'up', symbols: 12, received: 900 }],
  })
})

it('a heartbeat of another shape is a daemon that says nothing', () => {
  for (const detail of [null, {}, { streams: 'many', holds: { lanes: 4 } }, 'x'])
    expect(daemonOperations({ ...beat, detail }, beat.beatAt)).toMatchObject({
      streams: [],
      lanes: [],
      slots: [],
    })
})

it('is gone after fifteen seconds, and forgotten after an hour', () => {
  expect(daemonOperations({ ...beat, detail: null }, beat.beatAt + 16_000_000).alive).toBe(false)
  expect(isRecent(beat, beat.beatAt + 60_000_000)).toBe(true)
  expect(isRecent(beat, beat.beatAt + 3_600_000_000)).toBe(false)
})
