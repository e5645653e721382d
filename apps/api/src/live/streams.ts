// All who read the tape on a socket. A row is written as JSON once per change, and an event for everybody once: what
// is left to do for each reader is one write to its socket.
import type { Clock } from '@onetape/market'
import type { OwnSession } from '../auth/ports.ts'
import { sessionEnded } from '../auth/until-ended.ts'
import { Arena } from './arena.ts'
import type { Cadence } from './cadence.ts'
import { deltaBytes } from './delta-event.ts'
import { formatEventId } from './event-id.ts'
import type { Change } from './hub.ts'
import { knownMoment, type MomentDeps, primed } from './moment.ts'
import type { Slot } from './slot.ts'
import { PING_EVENT } from './sse.ts'
import { Stream, type StreamRequest } from './stream.ts'

export interface LiveStreamsDeps extends MomentDeps {
  cadence: Cadence
  marketClock: Clock
}

export interface OpenStream extends Omit<StreamRequest, 'since'> {
  lastEventId: string | null
  /** By which it was opened: it ends with it. */
  session?: OwnSession | null
  /** Sends the head of the answer; called once the stream has its place. */
  start: () => void
  greeting: string
  pingMs: number
}

const PING = Buffer.from(PING_EVENT, 'latin1')

export class LiveStreams {
  readonly #deps: LiveStreamsDeps
  /** One for events that are made together and then sent together, one for what is sent as it is made. */
  readonly #together = new Arena()
  readonly #arena = new Arena()
  #due: Stream[] = []
  readonly #streams = new Set<Stream>()
  #shared: { change: Change; bytes: Uint8Array } | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(deps: LiveStreamsDeps) {
    this.#deps = deps
  }

  /** Serves until the socket closes. @throws ApiProblem when there is nothing to serve, or no room. */
  async open(request: OpenStream): Promise<void> {
    const { hub } = this.#deps
    const { socket, pingMs } = request
    const since = await knownMoment(this.#deps, request.lastEventId)
    const environmentId = primed(hub)
    if (socket.destroyed) return
    const stream = new Stream(
      {
        hub,
        arena: this.#arena,
        due: (due) => this.#soon(due),
        writer: () => this.#writer(),
        eventId: (batchId) => formatEventId(environmentId, batchId),
        shared: (before) => this.#sharedBytes(before, environmentId),
      },
      { ...request, since },
    )
    const leave = hub.join(stream)
    const leaveSession = request.session?.onEnd(() => stream.end(sessionEnded()))
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => this.#tick(pingMs), pingMs).unref()
    socket.once('close', () => {
      leave()
      leaveSession?.()
      this.#streams.delete(stream)
      if (this.#streams.size === 0) this.#rest()
    })
    request.start()
    stream.begin(request.greeting)
  }

  /**
   * All that is due is made first and sent then: a write wakes its reader, and on a machine with few cores every
   * reader that wakes between two events throws out of the caches what the next event is made of.
   */
  #soon(stream: Stream): void {
    if (this.#due.push(stream) === 1) queueMicrotask(() => this.#sendDue())
  }

  #sendDue(): void {
    const due = this.#due
    this.#due = []
    let made: [Stream, Uint8Array][] = []
    const send = () => {
      let held = false
      for (const [stream, piece] of made) held = stream.send(piece) || held
      this.#together.giveBack(held)
      made = []
    }
    for (const stream of due) {
      const piece = stream.prepare((length) => this.#together.take(length))
      if (piece) made.push([stream, piece])
      if (this.#together.isHalfFull) send()
    }
    send()
  }

  #writer(): (slot: Slot) => Uint8Array {
    const rule = this.#deps.cadence.at(this.#deps.marketClock.now())
    return (slot) => slot.json(rule)
  }

  #sharedBytes(before: number, environmentId: string): Uint8Array | null {
    const change = this.#deps.hub.lastChange
    if (!change || change.before !== before || change.slots.length === 0) return null
    if (this.#shared?.change !== change) {
      const id = formatEventId(environmentId, change.cursor)
      const bytes = deltaBytes({ id, full: false, rows: change.slots, writer: () => this.#writer() })
      this.#shared = { change, bytes }
    }
    return this.#shared.bytes
  }

  #tick(silentMs: number): void {
    this.#deps.hub.dropSlow()
    for (const stream of this.#streams) stream.ping(PING, silentMs)
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#shared = null
  }
}
