// One reader of the tape on a socket.
//
//   level     all that memory had was handed to the socket; the next change is sent as it comes
//   sending   an event is under way, and the socket takes more
//   blocked   the socket takes no more; what changes meanwhile waits in memory, the newest of each instrument
//
// It is level again once the socket drained and what changed since its id was sent. Blocked for too long, the hub
// drops it: the connection is cut, and a client that comes back says the last id that it saw whole.
import type { Socket } from 'node:net'
import type { ApiProblem } from '../errors.ts'
import type { Arena } from './arena.ts'
import { deltaInPieces, type Outgoing, sharedBytes, type Take } from './delta-event.ts'
import type { Follower, Hub } from './hub.ts'
import type { Slot } from './slot.ts'

export interface StreamDeps {
  hub: Hub
  /** For what is written at once. */
  arena: Arena
  /** Asks for a `prepare` and a `send` soon, together with the others. */
  due: (stream: Stream) => void
  writer: () => (slot: Slot) => Uint8Array
  eventId: (batchId: number) => string
  /** The event of the one change since `before`, made once for all who follow everything; null when there were more. */
  shared: (before: number) => Uint8Array | null
}

export interface StreamRequest {
  socket: Socket
  keys: readonly string[] | null
  /** The ledger id that the reader is level with; null when it starts from everything. */
  since: number | null
  /** Ends the answer in good order. */
  finish: (lastWords: string) => void
  errorEvent: (problem: ApiProblem) => string
}

export class Stream implements Follower {
  readonly #deps: StreamDeps
  readonly #request: StreamRequest
  #slots: Slot[] | null
  #names: number
  #cursor: number
  #outgoing: Outgoing | null = null
  #blockedSinceMs: number | null = null
  #writtenAtMs: number
  #ended = false

  constructor(deps: StreamDeps, request: StreamRequest) {
    const { hub } = deps
    this.#deps = deps
    this.#request = request
    this.#slots = request.keys && hub.slots(request.keys)
    this.#names = hub.names
    this.#cursor = request.since ?? -1
    this.#writtenAtMs = hub.nowMs()
  }

  /** Says `greeting`, then what the reader has missed. */
  begin(greeting: string): void {
    this.#request.socket.on('drain', () => this.#drained())
    this.#write(Buffer.from(greeting, 'latin1'))
    this.#goOn()
  }

  moved(): void {
    if (!this.#outgoing && this.#blockedSinceMs === null) this.#deps.due(this)
  }

  /** The begin of what the reader has not had; null when there is nothing, or it takes no more. */
  prepare(take: Take): Uint8Array | null {
    if (this.#ended || this.#outgoing || this.#blockedSinceMs !== null) return null
    this.#outgoing = this.#next()
    return this.#outgoing?.next(take) ?? null
  }

  /** Sends what was prepared and all that follows. @returns whether the socket still holds some of it. */
  send(piece: Uint8Array): boolean {
    const held = this.#write(piece)
    this.#goOn()
    return held
  }

  /** A word into the silence, so that client and proxies know that the line is alive. */
  ping(event: Uint8Array, silentMs: number): void {
    if (this.#outgoing || this.#blockedSinceMs !== null) return
    if (this.#deps.hub.nowMs() - this.#writtenAtMs >= silentMs) this.#write(event)
  }

  unreadForMs(nowMs: number): number {
    return this.#blockedSinceMs === null ? 0 : nowMs - this.#blockedSinceMs
  }

  drop(): void {
    this.#ended = true
    this.#request.socket.destroy()
  }

  end(problem: ApiProblem): void {
    const reads = this.#blockedSinceMs === null
    this.#ended = true
    // In the middle of an event there is no place for another; the client resumes from the one before.
    if (reads) this.#request.finish(this.#outgoing ? '' : this.#request.errorEvent(problem))
    else this.drop()
  }

  #drained(): void {
    this.#blockedSinceMs = null
    this.#goOn()
  }

  #goOn(): void {
    const { arena } = this.#deps
    while (!this.#ended && this.#blockedSinceMs === null) {
      this.#outgoing ??= this.#next()
      const piece = this.#outgoing?.next((length) => arena.take(length))
      if (piece) arena.giveBack(this.#write(piece))
      else if (this.#outgoing) this.#outgoing = null
      else return
    }
  }

  /** What the reader has not had; it is level with the hub once that is written. */
  #next(): Outgoing | null {
    const { hub, writer, eventId, shared } = this.#deps
    const since = this.#cursor
    const full = since < 0
    if (hub.cursor <= since) return null
    this.#cursor = hub.cursor
    const bytes = this.#slots === null && !full ? shared(since) : null
    if (bytes) return sharedBytes(bytes)
    const rows = hub.slotsSince(since, this.#own())
    if (rows.length === 0 && !full) return null
    return deltaInPieces({ id: eventId(hub.cursor), full, rows, writer })
  }

  /** Its slots; looked up again when a key has come to mean another, as when an instrument got its first row. */
  #own(): readonly Slot[] | null {
    const { hub } = this.#deps
    const { keys } = this.#request
    if (keys && hub.names !== this.#names) {
      this.#slots = hub.slots(keys)
      this.#names = hub.names
    }
    return this.#slots
  }

  /** @returns whether the socket still holds some of it, and not the kernel all. */
  #write(piece: Uint8Array): boolean {
    const { socket } = this.#request
    if (!socket.writable) return false // it is closing
    const nowMs = this.#deps.hub.nowMs()
    this.#writtenAtMs = nowMs
    const takesMore = socket.write(piece)
    if (socket.writableLength === 0) return false
    if (!takesMore) this.#blockedSinceMs = nowMs
    return true
  }
}
