// The WebSocket clusters /ws/{stocks,crypto,forex}: sign in with a message, subscribe to topics, one connection a key
// and cluster (the older one is closed). All frames are arrays.
import { MINUTE_US, type Micros } from '@onetape/market'
import { z } from 'zod'
import type { StreamTick } from '../pump.ts'
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import { isKnown } from './key.ts'
import { type Plan, planOfKey, seenAt } from './plan.ts'
import { Subscriptions } from './subscriptions.ts'
import { CLUSTERS, type Cluster, minuteEvent, type TopicKind, topicOf } from './topics.ts'

const AUTH_WITHIN_MS = 10_000
const LOOK_MS = 250
/** More ticks than this at one look go out in one frame. */
const FRAMES_MAX = 50
const MINUTES_CAUGHT_UP = 3

const messageSchema = z.object({
  action: z.enum(['auth', 'subscribe', 'unsubscribe']),
  params: z.string(),
})

/** Who is connected, by cluster and key. */
const connections = new WeakMap<Simulation, Map<string, SimSocket>>()

export function polygonStream(socket: SimSocket, o: { url: URL; simulation: Simulation }): void {
  const name = o.url.pathname.split('/').at(-1) as keyof typeof CLUSTERS
  const session = new StreamSession(socket, { simulation: o.simulation, cluster: CLUSTERS[name] })
  socket.onMessage((text) => session.hear(text))
  socket.onClose(() => session.end())
}

class StreamSession {
  readonly #socket: SimSocket
  readonly #simulation: Simulation
  readonly #cluster: Cluster
  readonly #path: string
  readonly #subscriptions = new Subscriptions()
  readonly #stops: (() => void)[] = []
  #key: string | null = null
  #plan: Plan | null = null
  #minute = 0

  constructor(socket: SimSocket, o: { simulation: Simulation; cluster: Cluster }) {
    this.#socket = socket
    this.#simulation = o.simulation
    this.#cluster = o.cluster
    this.#path = `/ws/${o.cluster.name}`
    this.#status('connected', 'Connected Successfully')
    const late = () => {
      if (!this.#plan) this.#part('auth_timeout', 'authentication timed out')
    }
    this.#stops.push(o.simulation.wall.after(AUTH_WITHIN_MS, late))
  }

  hear(text: string): void {
    const parsed = messageSchema.safeParse(asJson(text))
    const action = parsed.success ? parsed.data.action : '?'
    const params = parsed.success && action !== 'auth' ? ` ${parsed.data.params.slice(0, 100)}` : ''
    const key = this.#key ?? (parsed.success && action === 'auth' ? parsed.data.params : '')
    this.#simulation.log.note({
      vendor: 'polygon',
      path: `WS ${action}${params}`,
      credential: key,
      status: 200,
    })
    if (!parsed.success) this.#status('error', 'message could not be parsed')
    else if (action === 'auth') this.#signIn(parsed.data.params)
    else if (!this.#plan) this.#status('error', 'authentication required')
    else for (const param of parsed.data.params.split(',')) this.#change(action === 'subscribe', param.trim())
  }

  end(): void {
    for (const stop of this.#stops) stop()
    const held = connections.get(this.#simulation)
    const slot = `${this.#cluster.name} ${this.#key}`
    if (held?.get(slot) === this.#socket) held.delete(slot)
  }

  #signIn(key: string): void {
    if (this.#plan) return
    const plan = planOfKey(key)
    if (!key || !isKnown(key)) this.#part('auth_failed', 'authentication failed')
    else if (!plan.streams) this.#part('auth_failed', "Your plan doesn't include websocket access.")
    else {
      this.#key = key
      this.#plan = plan
      this.#socket.bears(key)
      this.#takeOver(key)
      this.#status('auth_success', 'authenticated')
      this.#follow(plan)
    }
  }

  #takeOver(key: string): void {
    const held = connections.get(this.#simulation) ?? new Map<string, SimSocket>()
    connections.set(this.#simulation, held)
    const slot = `${this.#cluster.name} ${key}`
    const older = held.get(slot)
    held.set(slot, this.#socket)
    if (!older) return
    older.send(statusText('max_connections', 'Maximum number of websocket connections exceeded.'), {
      control: true,
    })
    older.close(1008)
  }

  #change(subscribe: boolean, param: string): void {
    const topic = topicOf(this.#simulation.market, this.#cluster, param)
    if (!topic) this.#status('error', `invalid topic: ${param}`)
    else if (subscribe && !this.#grants(topic.kind))
      this.#status('error', `not authorized to subscribe to ${param}`)
    else {
      this.#subscriptions.set(topic, subscribe)
      this.#status('success', `${subscribe ? 'subscribed' : 'unsubscribed'} to: ${param}`)
    }
  }

  /** Stock plans without trades or quotes in their snapshots have none in their streams. */
  #grants(kind: TopicKind): boolean {
    if (this.#cluster.name !== 'stocks') return true
    return kind === 'trade' ? this.#plan!.lastTrade : kind === 'quote' ? this.#plan!.lastQuote : true
  }

  #follow(plan: Plan): void {
    const { pump, clock, wall } = this.#simulation
    const like = this.#cluster.listings(this.#simulation.market)[0]
    const delayUs = like ? clock.now() - seenAt(plan, like, clock.now()) : 0
    this.#minute = Math.floor((clock.now() - delayUs) / MINUTE_US)
    this.#stops.push(
      pump.follow({
        listings: () => this.#followed(['trade', 'quote', 'second']),
        onTicks: (ticks) => this.#tell(ticks),
        path: this.#path,
        delayUs,
      }),
      wall.every(LOOK_MS, () => this.#tellMinutes(clock.now() - delayUs)),
    )
  }

  #followed(kinds: readonly TopicKind[]) {
    return this.#subscriptions.followed(kinds, this.#cluster.listings(this.#simulation.market))
  }

  #tell(ticks: StreamTick[]): void {
    const frames = ticks
      .map((tick) => ({ tick, events: this.#eventsOf(tick) }))
      .filter((f) => f.events.length > 0)
    if (frames.length > FRAMES_MAX) {
      this.#socket.send(frameOf(frames.flatMap((f) => f.events)))
      return
    }
    for (const { tick, events } of frames) this.#socket.send(frameOf(events), { symbol: tick.listing.symbol })
  }

  #eventsOf(tick: StreamTick): object[] {
    const wants = (kind: TopicKind) => this.#subscriptions.wants(kind, tick.listing)
    const { quote, trade, second } = this.#cluster
    return [
      ...(wants('quote') ? [quote(tick)] : []),
      ...(trade && wants('trade') ? [trade(tick)] : []),
      ...(wants('second') ? [second(tick, this.#simulation.market)] : []),
    ]
  }

  /** Minutes that are over since the last look; one without a trade has no event. */
  #tellMinutes(now: Micros): void {
    const minute = Math.floor(now / MINUTE_US)
    const from = Math.max(this.#minute, minute - MINUTES_CAUGHT_UP)
    this.#minute = minute
    if (minute <= from) return
    const market = this.#simulation.pump.market(this.#path)
    for (const listing of this.#followed(['minute'])) {
      for (const candle of market.minutes(listing, from * MINUTE_US, minute * MINUTE_US, now)) {
        const event = minuteEvent(this.#cluster, { market, listing, candle })
        this.#socket.send(frameOf([event]), { symbol: listing.symbol })
      }
    }
  }

  #status(status: string, message: string): void {
    this.#socket.send(statusText(status, message), { control: true })
  }

  #part(status: string, message: string): void {
    this.#status(status, message)
    this.#socket.close(1008)
  }
}

const frameOf = (events: object[]): string => JSON.stringify(events)
const statusText = (status: string, message: string): string => frameOf([{ ev: 'status', status, message }])

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
