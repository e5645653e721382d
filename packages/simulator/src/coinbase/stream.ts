// Advanced Trade's WebSocket: one message a channel, numbered through the connection, closed where nobody subscribes
// within five seconds.
import { z } from 'zod'
import type { Listing } from '../market/listing.ts'
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import { CHANNELS, type Channel, type ChannelName } from './channels.ts'

const SUBSCRIBE_WITHIN_MS = 5_000
const HEARTBEAT_MS = 1_000
const BATCH_MS = 5_000

const messageSchema = z.object({
  type: z.enum(['subscribe', 'unsubscribe']),
  product_ids: z.array(z.string()).optional(),
  channel: z.string(),
})

export function coinbaseStream(socket: SimSocket, { simulation }: { simulation: Simulation }): void {
  const session = new StreamSession(socket, simulation)
  socket.onMessage((text) => session.hear(text))
  socket.onClose(() => session.end())
}

class StreamSession {
  readonly #socket: SimSocket
  readonly #simulation: Simulation
  readonly #subscriptions = new Map<ChannelName, Set<Listing>>()
  readonly #stops: (() => void)[] = []
  /** Products with a trade since the last batch. */
  readonly #batched = new Set<Listing>()
  #waiting: () => void
  #sequence = 0
  #beats = 0
  #heartbeats = false

  constructor(socket: SimSocket, simulation: Simulation) {
    this.#socket = socket
    this.#simulation = simulation
    this.#waiting = simulation.wall.after(SUBSCRIBE_WITHIN_MS, () => socket.close(1000, 'no subscription'))
    this.#stops.push(
      simulation.pump.follow({
        listings: () => new Set([...this.#subscriptions.values()].flatMap((set) => [...set])),
        path: '/ws',
        onTicks: (ticks) => {
          for (const tick of ticks) {
            for (const name of ['ticker', 'market_trades'] as const) {
              if (this.#wants(name, tick.listing))
                this.#tell(name, CHANNELS[name].update(simulation, tick), tick)
            }
            if (this.#wants('ticker_batch', tick.listing)) this.#batched.add(tick.listing)
          }
        },
      }),
      simulation.wall.every(HEARTBEAT_MS, () => this.#beat()),
      simulation.wall.every(BATCH_MS, () => this.#batch()),
    )
  }

  hear(text: string): void {
    const parsed = messageSchema.safeParse(asJson(text))
    const label = parsed.success ? `WS ${parsed.data.type} ${parsed.data.channel}` : 'WS ?'
    const { log, quotas } = this.#simulation
    const { refusedBy } = quotas.take({ vendor: 'coinbase', credential: 'ip', path: label })
    log.note({ vendor: 'coinbase', path: label, credential: 'ip', status: refusedBy ? 429 : 200 })
    if (refusedBy) this.#fail('rate limit exceeded')
    else if (parsed.success) this.#obey(parsed.data)
    else this.#fail('failure to parse message')
  }

  #obey({ type, channel, product_ids: ids }: z.output<typeof messageSchema>): void {
    this.#waiting()
    if (channel === 'heartbeats') this.#heartbeats = type === 'subscribe'
    else if (channel in CHANNELS) this.#change(type, CHANNELS[channel as ChannelName], ids)
    else {
      this.#fail(`channel ${channel} is not known`)
      return
    }
    this.#send('subscriptions', [{ subscriptions: this.#listed() }], { control: true })
  }

  end(): void {
    this.#waiting()
    for (const stop of this.#stops) stop()
  }

  /** Products that do not exist are left out of the subscriptions without a word. */
  #change(type: 'subscribe' | 'unsubscribe', channel: Channel, ids: readonly string[] | undefined): void {
    const { market, clock } = this.#simulation
    const asked = ids
      ? ids.map((id) => market.find(id))
      : market.universe.crypto.filter((l) => market.lastTrade(l, clock.now()) !== null)
    const listings = asked.filter((l) => l?.kind === 'crypto') as Listing[]
    const current = this.#subscriptions.get(channel.name) ?? new Set()
    this.#subscriptions.set(channel.name, current)
    for (const listing of listings) {
      if (type === 'subscribe') current.add(listing)
      else current.delete(listing)
    }
    if (type === 'unsubscribe' || listings.length === 0) return
    const events = channel.snapshot(this.#simulation, listings)
    this.#send(channel.name, events, { control: true })
  }

  #listed(): Record<string, string[]> {
    const channels: [string, string[]][] = [...this.#subscriptions]
      .filter(([, listings]) => listings.size > 0)
      .map(([name, listings]) => [name, [...listings].map((l) => l.symbol)])
    return Object.fromEntries([...channels, ...(this.#heartbeats ? [['heartbeats', ['heartbeats']]] : [])])
  }

  #wants(name: ChannelName, listing: Listing): boolean {
    const set = this.#subscriptions.get(name)
    // A tick of another listing comes by order of a fault: it goes where its neighbours go.
    return set !== undefined && (set.has(listing) || (set.size > 0 && !this.#known(listing)))
  }

  #known(listing: Listing): boolean {
    return [...this.#subscriptions.values()].some((set) => set.has(listing))
  }

  #tell(name: ChannelName, event: object, tick: { ts: number; listing: Listing }): void {
    this.#send(name, [event], { ts: tick.ts, symbol: tick.listing.symbol })
  }

  #beat(): void {
    if (!this.#heartbeats) return
    const at = isoText(this.#simulation.clock.now())
    const event = {
      current_time: at.replace('T', ' ').replace('Z', ' +0000 UTC'),
      heartbeat_counter: ++this.#beats,
    }
    this.#send('heartbeats', [event])
  }

  #batch(): void {
    if (this.#batched.size === 0) return
    const event = CHANNELS.ticker_batch.snapshot(this.#simulation, [...this.#batched])
    this.#batched.clear()
    this.#send(
      'ticker_batch',
      event.map((e) => ({ ...e, type: 'update' })),
    )
  }

  #fail(message: string): void {
    this.#socket.send(JSON.stringify({ type: 'error', message }), { control: true })
  }

  #send(
    channel: string,
    events: object[],
    o: { control?: boolean; symbol?: string; ts?: number } = {},
  ): void {
    const timestamp = isoText(o.ts ?? this.#simulation.clock.now())
    const head = { channel, client_id: '', timestamp, sequence_num: this.#sequence++ }
    this.#socket.send(JSON.stringify({ ...head, events }), o)
  }
}

/** Nine decimals, as the vendor writes them. */
const isoText = (us: number): string => {
  const ms = new Date(Math.floor(us / 1000)).toISOString()
  return `${ms.slice(0, -1)}${String(us % 1000).padStart(3, '0')}000Z`
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
