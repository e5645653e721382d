// The streamer: LOGIN with an access token, then services by symbol and field number. One connection a user: a new one
// ends the one before. What subscribes to nothing for half a minute is ended too.
import type { SimSocket } from '../sim-socket.ts'
import type { Simulation } from '../simulation.ts'
import type { SocketContext } from '../vendor.ts'
import { DELAY_US } from './market-routes.ts'
import { StreamRows } from './stream-rows.ts'
import { frameSchema, isCommand, isService, type StreamRequest, Subscriptions } from './subscriptions.ts'
import type { Access, Tokens } from './tokens.ts'

const HEARTBEAT_MS = 10_000
const IDLE_MS = 30_000

/** Codes of the vendor's answers. */
const WORDS = {
  3: 'Login Denied.: token is invalid or has expired.',
  11: 'Service not available',
  12: 'Close connection: the user has a newer connection',
  19: 'Reached symbol limit',
  20: 'Stream connection not found: log in first',
  21: 'Bad command format',
  30: 'Stop streaming due to empty subscription',
} as const
type Code = keyof typeof WORDS

/** The connection of each user. */
const users = new WeakMap<Simulation, Map<string, Line>>()

export function connectStreamer(socket: SimSocket, { simulation }: SocketContext, tokens: Tokens): void {
  const line = new Line(socket, simulation, tokens)
  socket.onMessage((text) => line.hear(text))
  socket.onClose(() => line.end())
}

class Line {
  readonly #socket: SimSocket
  readonly #simulation: Simulation
  readonly #tokens: Tokens
  readonly #subscriptions = new Subscriptions()
  readonly #stops: (() => void)[] = []
  #rows: StreamRows | null = null
  #access: Access | null = null
  #stopIdle: (() => void) | null = null

  constructor(socket: SimSocket, simulation: Simulation, tokens: Tokens) {
    this.#socket = socket
    this.#simulation = simulation
    this.#tokens = tokens
    this.#watchIdle()
  }

  hear(text: string): void {
    const requests = frameSchema.safeParse(parsed(text))
    if (!requests.success) {
      this.#notice(21)
      return
    }
    for (const request of requests.data) this.#obey(request)
  }

  /** Another connection of the same user has come. */
  displace(): void {
    this.#notice(12)
    this.#socket.close(1000)
  }

  end(): void {
    for (const stop of this.#stops.splice(0)) stop()
    this.#stopIdle?.()
    const own = users.get(this.#simulation)
    if (this.#access && own?.get(userOf(this.#access)) === this) own.delete(userOf(this.#access))
  }

  #obey(request: StreamRequest): void {
    const { service, command, parameters } = request
    const credential = this.#access?.clientId ?? ''
    this.#simulation.log.note({ vendor: 'schwab', path: `/ws ${service} ${command}`, credential })
    if (service === 'ADMIN') this.#admin(request)
    else if (this.#access === null) this.#answer(request, 20)
    else if (!isService(service)) this.#answer(request, 11)
    else if (!isCommand(command)) this.#answer(request, 21)
    else {
      const added = this.#subscriptions.change(service, command, parameters)
      this.#answer(request, typeof added === 'number' ? added : 0)
      if (typeof added !== 'number') this.#rows!.begin(service, added)
      this.#watchIdle()
    }
  }

  #admin(request: StreamRequest): void {
    if (request.command === 'LOGOUT') {
      this.#answer(request, 0)
      this.#socket.close(1000)
      return
    }
    if (request.command !== 'LOGIN') {
      this.#answer(request, 21)
      return
    }
    const token = String(request.parameters?.Authorization ?? '')
    const access = this.#tokens.accessOf(token)
    if (!access) {
      this.#answer(request, 3)
      this.#socket.close(1000)
      return
    }
    if (this.#access === null) this.#begin(access)
    this.#answer(request, 0, 'server=s0166bdv-1;status=PN')
  }

  #begin(access: Access): void {
    const simulation = this.#simulation
    this.#access = access
    this.#socket.bears(access.clientId, access.refreshToken)
    const own = users.get(simulation) ?? new Map<string, Line>()
    users.set(simulation, own)
    own.get(userOf(access))?.displace()
    own.set(userOf(access), this)
    this.#rows = new StreamRows({
      socket: this.#socket,
      simulation,
      subscriptions: this.#subscriptions,
      delayUs: access.delayed ? DELAY_US : 0,
    })
    const stopBeats = simulation.wall.every(HEARTBEAT_MS, () =>
      this.#socket.send(JSON.stringify({ notify: [{ heartbeat: String(this.#nowMs()) }] })),
    )
    this.#stops.push(stopBeats, () => this.#rows?.stop())
  }

  /** The half minute runs whenever nothing is subscribed. */
  #watchIdle(): void {
    this.#stopIdle?.()
    this.#stopIdle = null
    if (!this.#subscriptions.isEmpty) return
    this.#stopIdle = this.#simulation.wall.after(IDLE_MS, () => {
      this.#notice(30)
      this.#socket.close(1000)
    })
  }

  #answer(request: StreamRequest, code: Code | 0, words = `${request.command} command succeeded`): void {
    const response = {
      service: request.service,
      command: request.command,
      requestid: request.requestid,
      SchwabClientCorrelId: request.SchwabClientCorrelId ?? '',
      timestamp: this.#nowMs(),
      content: { code, msg: code === 0 ? words : WORDS[code] },
    }
    this.#socket.send(JSON.stringify({ response: [response] }), { control: true })
  }

  #notice(code: Code): void {
    const notice = { service: 'ADMIN', timestamp: this.#nowMs(), content: { code, msg: WORDS[code] } }
    this.#socket.send(JSON.stringify({ notify: [notice] }), { control: true })
  }

  #nowMs = (): number => Math.floor(this.#simulation.clock.now() / 1000)
}

const userOf = ({ clientId, refreshToken }: Access): string => `${clientId} ${refreshToken}`

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
