// Alpaca's stream: every frame is a list of messages with their kind in `T`. A connection signs in (or did so in its
// handshake), subscribes by channel, and there is one connection for each key and feed.
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import type { SocketContext } from '../vendor.ts'
import { headerSignIn, isFree, isKnown } from './account.ts'
import { startBroadcast } from './broadcast.ts'
import { Channels, messageSchema } from './channels.ts'
import type { StockFeed } from './tape.ts'

export const STREAM_PATH = /^\/ws\/(?:v2\/(iex|sip|delayed_sip)|v1beta3\/crypto\/(us))$/

const SIGN_IN_MS = 10_000
const FREE_SYMBOLS_MAX = 30

const ERRORS = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  405: 'symbol limit exceeded',
  406: 'connection limit exceeded',
  409: 'insufficient subscription',
} as const
type ErrorCode = keyof typeof ERRORS
/** After these the vendor hangs up. */
const PARTING: ReadonlySet<ErrorCode> = new Set([402, 404, 406, 409])

/** Connections that are signed in, by key and feed. */
const open = new WeakMap<Simulation, Set<string>>()
const placeOf = (key: string, feed: string): string => `${key} ${feed}`

export function connectStream(socket: SimSocket, { url, headers, simulation }: SocketContext): void {
  const path = url.pathname.replace(/^\/alpaca/, '')
  const [, stocks, coins] = STREAM_PATH.exec(path)!
  const feed = (stocks ?? coins) as StockFeed | 'us'
  const line = new StreamLine(socket, { simulation, feed, path })
  socket.onMessage((text) => line.hear(text))
  socket.onClose(() => line.end())
  line.greet(headerSignIn(headers))
}

class StreamLine {
  readonly #socket: SimSocket
  readonly #o: { simulation: Simulation; feed: StockFeed | 'us'; path: string }
  readonly #channels: Channels
  readonly #stops: (() => void)[] = []
  #key: string | null = null

  constructor(socket: SimSocket, o: { simulation: Simulation; feed: StockFeed | 'us'; path: string }) {
    this.#socket = socket
    this.#o = o
    this.#channels = new Channels(o.feed === 'us' ? 'crypto' : 'equity')
  }

  greet(header: { key: string; good: boolean } | null): void {
    this.#say({ T: 'success', msg: 'connected' })
    const refusal = header && this.#signIn(header.key, header.good)
    if (refusal !== null) this.#refuse(refusal)
    const stop = this.#o.simulation.wall.after(SIGN_IN_MS, () => {
      if (this.#key === null) this.#refuse(404)
    })
    this.#stops.push(stop)
  }

  hear(text: string): void {
    const refusal = this.#obey(text)
    if (refusal !== null) this.#refuse(refusal)
  }

  #obey(text: string): ErrorCode | null {
    const message = messageSchema.safeParse(parsed(text))
    if (!message.success) return 400
    const { action, key, secret } = message.data
    const { simulation, path } = this.#o
    simulation.log.note({ vendor: 'alpaca', path: `${path} ${action}`, credential: this.#key ?? key ?? '' })
    if (action === 'auth') {
      return this.#key === null ? this.#signIn(key ?? '', isKnown(key ?? '', secret ?? '')) : 403
    }
    if (action !== 'subscribe' && action !== 'unsubscribe') return 400
    if (this.#key === null) return 401
    const symbolsMax = isFree(this.#key) ? FREE_SYMBOLS_MAX : Number.POSITIVE_INFINITY
    const code = this.#channels.change(action, message.data, symbolsMax)
    if (code === null) this.#say(this.#channels.message())
    return code
  }

  end(): void {
    for (const stop of this.#stops.splice(0)) stop()
    if (this.#key !== null) open.get(this.#o.simulation)?.delete(placeOf(this.#key, this.#o.feed))
  }

  #signIn(key: string, good: boolean): ErrorCode | null {
    const { simulation, feed, path } = this.#o
    if (!good) return 402
    if (feed === 'sip' && isFree(key)) return 409
    const taken = open.get(simulation) ?? new Set()
    open.set(simulation, taken)
    if (taken.has(placeOf(key, feed))) return 406
    taken.add(placeOf(key, feed))
    this.#key = key
    this.#socket.bears(key)
    this.#say({ T: 'success', msg: 'authenticated' })
    const broadcast = { socket: this.#socket, simulation, channels: this.#channels, feed, path }
    this.#stops.push(startBroadcast(broadcast))
    return null
  }

  #refuse(code: ErrorCode): void {
    this.#say({ T: 'error', code, msg: ERRORS[code] })
    if (PARTING.has(code)) this.#socket.close(1000)
  }

  #say(message: Record<string, unknown>): void {
    this.#socket.send(JSON.stringify([message]), { control: true })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
