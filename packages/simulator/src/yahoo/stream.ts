// The streamer: `{"subscribe": [..]}` in, prices as base64 protobuf out; with `?version=2` in an envelope of JSON. A
// subscription that is not said again fades.
import { z } from 'zod'
import type { Listing } from '../market/listing.ts'
import type { StreamTick } from '../pump.ts'
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import { listingOf } from './names.ts'
import { pricingData } from './pricing-data.ts'

/** Clients say their subscriptions every 15 s; three times silent is too long. */
const FADES_AFTER_MS = 45_000

const messageSchema = z.object({
  subscribe: z.array(z.string()).optional(),
  unsubscribe: z.array(z.string()).optional(),
})

export function yahooStream(
  socket: SimSocket,
  { url, simulation }: { url: URL; simulation: Simulation },
): void {
  const { market, pump, log, wall } = simulation
  const enveloped = url.searchParams.get('version') === '2'
  const followed = new Set<Listing>()
  let saidAtMs = wall.nowMs()

  const tell = (tick: StreamTick) => {
    const message = pricingData(market, tick).toString('base64')
    const write = (text: string) => (enveloped ? JSON.stringify({ type: 'pricing', message: text }) : text)
    // Half a message is still base64, but no PricingData.
    const spoiled = () => write(message.slice(0, 8))
    socket.send(write(message), { symbol: tick.listing.symbol, spoiled })
  }
  const change = (symbols: readonly string[], on: boolean) => {
    for (const listing of symbols.map((symbol) => listingOf(market, symbol))) {
      if (!listing) continue
      if (!on) followed.delete(listing)
      else if (!followed.has(listing)) {
        followed.add(listing)
        // The price that stands comes at once.
        const tick = pump.last(listing, '/ws')
        if (tick) tell(tick)
      }
    }
  }
  socket.onMessage((text) => {
    const parsed = messageSchema.safeParse(asJson(text))
    log.note({
      vendor: 'yahoo',
      path: `WS ${text.slice(0, 100)}`,
      credential: 'ip',
      status: parsed.success ? 200 : 400,
    })
    // What is not understood is passed over.
    if (!parsed.success) return
    saidAtMs = wall.nowMs()
    change(parsed.data.unsubscribe ?? [], false)
    change(parsed.data.subscribe ?? [], true)
  })
  const stop = pump.follow({
    path: '/ws',
    listings: () => (wall.nowMs() - saidAtMs > FADES_AFTER_MS ? [] : followed),
    onTicks: (ticks) => {
      for (const tick of ticks) tell(tick)
    },
  })
  socket.onClose(stop)
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
