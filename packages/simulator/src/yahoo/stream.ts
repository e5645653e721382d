// The streamer: `{"subscribe": [..]}` in, prices as base64 protobuf out; with `?version=2` in an envelope of JSON. A
// subscription that is not said again fades.
import { z } from 'zod'
import { type IndexListing, isIndex, pricedIndex } from '../market/index-listing.ts'
import type { Listing } from '../market/listing.ts'
import type { StreamTick } from '../pump.ts'
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import { pricedOf } from './names.ts'
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
  /** By the listing that is followed: an index follows its fund, and both may be asked for. */
  const followed = new Map<Listing, Set<Listing>>()
  let saidAtMs = wall.nowMs()

  const tell = (tick: StreamTick, listing: Listing) => {
    const index = isIndex(listing) ? pricedIndex(market, listing.symbol) : null
    const message = pricingData(
      index?.market ?? market,
      index ? indexTick(tick, index.listing) : tick,
    ).toString('base64')
    const write = (text: string) => (enveloped ? JSON.stringify({ type: 'pricing', message: text }) : text)
    // Half a message is still base64, but no PricingData.
    const spoiled = () => write(message.slice(0, 8))
    socket.send(write(message), { symbol: listing.symbol, spoiled })
  }
  const change = (symbols: readonly string[], on: boolean) => {
    for (const priced of symbols.map((symbol) => pricedOf(market, symbol))) {
      if (!priced) continue
      const { listing } = priced
      const source = isIndex(listing) ? listing.fund : listing
      const known = followed.get(source) ?? new Set()
      if (!on) {
        known.delete(listing)
        if (known.size === 0) followed.delete(source)
      } else if (!known.has(listing)) {
        followed.set(source, known.add(listing))
        // The price that stands comes at once.
        const tick = pump.last(source, '/ws')
        if (tick) tell(tick, tick.listing === source ? listing : tick.listing)
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
    listings: () => (wall.nowMs() - saidAtMs > FADES_AFTER_MS ? [] : followed.keys()),
    onTicks: (ticks) => {
      // A tick of a listing that nobody follows comes by order of a fault.
      for (const tick of ticks)
        for (const listing of followed.get(tick.listing) ?? [tick.listing]) tell(tick, listing)
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

const indexTick = (tick: StreamTick, listing: IndexListing): StreamTick => ({
  ...tick,
  listing,
  price: tick.price * listing.factor,
})
