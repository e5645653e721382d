// One reader of the tape on a socket.
//
//   level     all that memory had was handed to the socket; the next change is sent as it comes
//   sending   an event is under way, and the socket takes more
//   held      the socket holds what the kernel does not take; what changes meanwhile waits in memory, the newest of
//             each instrument
//
// A socket holds one piece at most, and never makes another wait in memory of its own; bytes that all readers share
// may wait behind one another. Once the kernel took what was held, what changed since is sent. Where nothing moves
// for too long, the hub drops the reader: the connection is cut, and a client that comes back says the last id that it
// saw whole.
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
  #heldSinceMs: number | null = null
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
    this.#write(Buffer.from(greeting, 'latin1'))
    this.#goOn()
  }

  moved(): void {
    if (!this.#outgoing) this.#deps.due(this)
  }

  /** The begin of what the reader has not had; null when there is nothing, or the socket holds too much. */
  prepare(take: Take): Uint8Array | null {
    if (this.#ended || this.#outgoing) return null
    this.#outgoing = this.#next()
    return this.#nextPiece(take)
  }

  /** Sends what was prepared and all that follows. @returns whether the socket still holds some of it. */
  send(piece: Uint8Array): boolean {
    const held = this.#write(piece)
    this.#goOn()
    return held
  }

  /** A word into the silence, so that client and proxies know that the line is alive. */
  ping(event: Uint8Array, silentMs: number): void {
    if (this.#outgoing || this.#heldSinceMs !== null) return
    if (this.#deps.hub.nowMs() - this.#writtenAtMs >= silentMs) this.#write(event)
  }

  unreadForMs(nowMs: number): number {
    return this.#heldSinceMs === null ? 0 : nowMs - this.#heldSinceMs
  }

  drop(): void {
    this.#ended = true
    this.#request.socket.destroy()
  }

  end(problem: ApiProblem): void {
    const reads = this.#heldSinceMs === null
    this.#ended = true
    // In the middle of an event there is no place for another; the client resumes from the one before.
    if (reads) this.#request.finish(this.#outgoing ? '' : this.#request.errorEvent(problem))
    else this.drop()
  }

  /** The kernel took one piece. */
  readonly #taken = (): void => {
    if (this.#ended) return
    this.#heldSinceMs = this.#held() === 0 ? null : this.#deps.hub.nowMs()
    this.#goOn()
  }

  #goOn(): void {
    const { arena } = this.#deps
    while (!this.#ended) {
      this.#outgoing ??= this.#next()
      const piece = this.#nextPiece((length) => arena.take(length))
      if (!piece) return
      arena.giveBack(this.#write(piece))
    }
  }

  #held(): number {
    return this.#request.socket.writableLength
  }

  /** Null when there is none, or the socket holds too much. */
  #nextPiece(take: Take): Uint8Array | null {
    if (!this.#outgoing || this.#held() > this.#outgoing.aheadBytes) return null
    const piece = this.#outgoing.next(take)
    if (piece) return piece
    this.#outgoing = this.#next()
    return this.#outgoing && this.#nextPiece(take)
  }

  /** What the reader has not had; it is level with the hub once that is written. */
  #next(): Outgoing | null {
    const { hub, writer, eventId, shared } = this.#deps
    const since = this.#cursor
    const full = since < 0
    if (hub.cursor <= since) return null
    const bytes = this.#slots === null && !full ? shared(since) : null
    if (!bytes && this.#held() > 0) return null
    this.#cursor = hub.cursor
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

  /** @returns whether the socket holds some of it. */
  #write(piece: Uint8Array): boolean {
    const { socket } = this.#request
    if (!socket.writable) return false // it is closing
    this.#writtenAtMs = this.#deps.hub.nowMs()
    socket.write(piece, this.#taken)
    if (socket.writableLength === 0) return false
    this.#heldSinceMs ??= this.#writtenAtMs
    return true
  }
}
