// The price stream: an answer that does not end, one JSON object a line. A price of each instrument first, then the
// newest one of each quarter of a second in which it moved, and a heartbeat every 5 s.
import { PassThrough } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { FrameGate, type FrameOptions } from '../frame-gate.ts'
import type { Listing } from '../market/listing.ts'
import type { StreamTick } from '../pump.ts'
import { queryText, type Simulation, type VendorRequest } from '../simulation.ts'
import { invalidValue, refused } from './answers.ts'
import { dateTimeText, formatOf } from './date-time.ts'
import { priceRow, tradeable } from './price.ts'
import { listingsAsked } from './pricing-routes.ts'

const HEARTBEAT_MS = 5_000
const STREAMS_MAX = 20
/** Who does not read is cut off. */
const UNREAD_BYTES_MAX = 1024 * 1024

export function priceStream(app: FastifyInstance, simulation: Simulation): void {
  const running = new Map<string, number>()
  app.get('/v3/accounts/:account/pricing/stream', async (raw, reply) => {
    const request = raw as VendorRequest
    const listings = listingsAsked(request, simulation.market)
    if (!listings) return invalidValue(reply, 'instruments')
    const { credential } = request
    const streams = running.get(credential) ?? 0
    if (streams >= STREAMS_MAX) {
      return refused(reply, { status: 429, message: `No more than ${STREAMS_MAX} streams may be active` })
    }
    running.set(credential, streams + 1)
    const body = stream(request, listings, simulation)
    body.once('close', () => running.set(credential, (running.get(credential) ?? 1) - 1))
    return send(reply, body)
  })
}

function send(reply: FastifyReply, body: PassThrough): FastifyReply {
  // The head goes out at once, also when the first line is long in coming.
  body.once('resume', () => reply.raw.flushHeaders())
  return reply.code(200).header('content-type', 'application/octet-stream').send(body)
}

function stream(request: VendorRequest, listings: readonly Listing[], simulation: Simulation): PassThrough {
  const { clock, pump, wall } = simulation
  const format = formatOf(request)
  const path = request.url.slice('/oanda'.length)
  const body = new PassThrough()
  const put = (line: string | Uint8Array) => {
    if (body.writable) body.write(line)
    if (body.writableLength > UNREAD_BYTES_MAX) request.raw.socket.destroy()
  }
  const gate = new FrameGate(simulation, 'oanda', path, put)
  gate.bears(request.credential)
  const write = (row: Record<string, unknown>, options?: FrameOptions) => {
    const frames = gate.pass(`${JSON.stringify(row)}\n`, options)
    if (frames === 'cut') request.raw.socket.destroy()
    else for (const frame of frames) put(frame)
  }
  const price = (tick: StreamTick) =>
    write(priceRow(tick, { now: clock.now(), format }), { symbol: tick.listing.symbol })
  const image = () => {
    for (const listing of listings) {
      const tick = pump.last(listing, path)
      if (tick) price(tick)
    }
  }

  let open = tradeable(clock.now())
  const stopPrices = pump.follow({
    listings: () => listings,
    path,
    onTicks: (ticks) => {
      // Of each instrument the newest alone: at most four a second.
      for (const tick of new Map(ticks.map((t) => [t.listing, t])).values()) price(tick)
    },
  })
  const stopHeartbeat = wall.every(HEARTBEAT_MS, () => {
    const openNow = tradeable(clock.now())
    if (open && !openNow) image()
    open = openNow
    write({ type: 'HEARTBEAT', time: dateTimeText(clock.now(), format) })
  })
  body.once('close', () => {
    stopPrices()
    stopHeartbeat()
    gate.close()
  })
  if (queryText(request, 'snapshot')?.toLowerCase() !== 'false') image()
  return body
}
