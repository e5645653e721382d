// The notifications of the ledger, the clock and the breakers. After every reconnect the tape itself is asked what was
// missed.
import {
  BATCH_CHANNEL,
  CLOCK_CHANNEL,
  HEALTH_CHANNEL,
  type Listener,
  listen,
  readEnvironment,
  UNIVERSE_CHANNEL,
} from '@onetape/db'
import type { Running } from './assemble.ts'

export function listenToTape({ tape, market, follower, complaints, house, universe }: Running): Listener {
  const catchUp = async () => {
    const { shiftUs } = await readEnvironment(tape.db)
    market.grow(shiftUs)
  }
  const readAgain = () => void complaints.guard('reading the universe', universe.refresh)
  return listen({
    url: tape.url,
    channels: [BATCH_CHANNEL, CLOCK_CHANNEL, HEALTH_CHANNEL, UNIVERSE_CHANNEL],
    applicationName: 'onetape-daemon-listen',
    onMessage: (channel, payload) => {
      if (channel === CLOCK_CHANNEL) market.grow(Number(payload))
      else if (channel === HEALTH_CHANNEL) void house.health.refresh().catch(() => {})
      else if (channel === UNIVERSE_CHANNEL) readAgain()
      else follower.wake()
    },
    onReconnect: () => {
      follower.wake()
      readAgain()
      void complaints.guard('reading the market clock', catchUp)
    },
  })
}
