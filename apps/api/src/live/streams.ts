// All who read the tape on a socket. A row is written as JSON once per change, and an event for everybody once: what
// is left to do for each reader is one write to its socket.
import type { Clock } from '@onetape/market'
import type { Cadence } from './cadence.ts'
import { deltaBytes, Scratch } from './delta-event.ts'
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
  /** Sends the head of the answer; called once the stream has its place. */
  start: () => void
  greeting: string
  pingMs: number
}

const PING = Buffer.from(PING_EVENT, 'latin1')

export class LiveStreams {
  readonly #deps: LiveStreamsDeps
  readonly #scratch = new Scratch()
  readonly #streams = new Set<Stream>()
  #shared: { change: Change; bytes: Buffer } | null = null
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
        scratch: this.#scratch,
        writer: () => this.#writer(),
        eventId: (batchId) => formatEventId(environmentId, batchId),
        shared: (before) => this.#sharedBytes(before, environmentId),
      },
      { ...request, since },
    )
    const leave = hub.join(stream)
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => this.#tick(pingMs), pingMs).unref()
    socket.once('close', () => {
      leave()
      this.#streams.delete(stream)
      if (this.#streams.size === 0) this.#rest()
    })
    request.start()
    stream.begin(request.greeting)
  }

  #writer(): (slot: Slot) => string {
    const rule = this.#deps.cadence.at(this.#deps.marketClock.now())
    return (slot) => slot.json(rule)
  }

  #sharedBytes(before: number, environmentId: string): Buffer | null {
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
