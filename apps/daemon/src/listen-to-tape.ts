// The notifications of the ledger, the clock and the breakers. After every reconnect the tape itself is asked what was
// missed.
import {
  BATCH_CHANNEL,
  CLOCK_CHANNEL,
  HEALTH_CHANNEL,
  type Listener,
  listen,
  readEnvironment,
} from '@onetape/db'
import type { Running } from './assemble.ts'

export function listenToTape({ tape, market, follower, complaints, house }: Running): Listener {
  const catchUp = async () => {
    const { shiftUs } = await readEnvironment(tape.db)
    market.grow(shiftUs)
  }
  return listen({
    url: tape.url,
    channels: [BATCH_CHANNEL, CLOCK_CHANNEL, HEALTH_CHANNEL],
    applicationName: 'onetape-daemon-listen',
    onMessage: (channel, payload) => {
      if (channel === CLOCK_CHANNEL) market.grow(Number(payload))
      else if (channel === HEALTH_CHANNEL) void house.health.refresh().catch(() => {})
      else follower.wake()
    },
    onReconnect: () => {
      follower.wake()
      void complaints.guard('reading the market clock', catchUp)
    },
  })
}
