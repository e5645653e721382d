// The process of all readers: sockets that count what comes and notice the ids, and look no closer.
import { connect, type Socket } from 'node:net'
import { machineMs, obey } from '../sweep/bench-child.ts'

export interface OpenOrder {
  group: string
  port: number
  paths: string[]
  /** Where to say how far all of the group are. */
  ackPort?: number
}
export interface ReadStats {
  bytes: number
  /** For each id that came since the last question: when each reader had it, in milliseconds of the machine's clock. */
  arrivals: [id: number, atMs: number[]][]
  /** Readers whose connection has ended. */
  ended: number
}

const BUFFER_BYTES = 256 * 1024
const ID = Buffer.from('\nid: ')
const DIGIT_0 = 48
const DOT = 46
/** Longer than an id and what stands around it. */
const SEAM_BYTES = 48
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)

class Group {
  readonly #sockets: Socket[]
  readonly #lastIds: number[]
  readonly #ack: Socket | null
  readonly #name: string
  #bytes = 0
  #arrivals = new Map<number, number[]>()
  #ended = 0
  #target = 0
  #behind: number
  /** Whether arrivals are noted; a run at full speed only wants to know how far all are. */
  noting = false
  readonly ready = Promise.withResolvers<void>()

  constructor({ group, port, paths, ackPort }: OpenOrder) {
    this.#name = group
    this.#ack = ackPort === undefined ? null : connect({ port: ackPort, host: '127.0.0.1', noDelay: true })
    this.#lastIds = paths.map(() => -1)
    this.#behind = paths.length
    this.#sockets = paths.map((path, reader) => this.#open(port, path, reader))
  }

  take(): ReadStats {
    const stats = { bytes: this.#bytes, arrivals: [...this.#arrivals], ended: this.#ended }
    this.#bytes = 0
    this.#arrivals = new Map()
    return stats
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#ack?.destroy()
  }

  #open(port: number, path: string, reader: number): Socket {
    const seam = Buffer.alloc(2 * SEAM_BYTES)
    const callback = (length: number) => {
      this.#bytes += length
      const id = Math.max(lastIdIn(buffer, length), idAcross(seam, length))
      if (id > this.#lastIds[reader]!) this.#reached(reader, id)
      return true
    }
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback } })
    socket.on('error', () => {}).on('close', () => (this.#ended += 1))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return socket
  }

  #reached(reader: number, id: number): void {
    const before = this.#lastIds[reader]!
    this.#lastIds[reader] = id
    if (this.noting && before >= 0) this.#note(before, id)
    if (before >= this.#target || id < this.#target) return
    this.#behind -= 1
    if (this.#behind > 0) return
    const reached = Math.min(...this.#lastIds)
    this.#target = reached + 1
    this.#behind = this.#lastIds.filter((lastId) => lastId < this.#target).length
    this.#ack?.write(`${this.#name} ${reached}\n`)
    this.ready.resolve()
  }

  /** A reader that was passed over some ids has their rows with the next one. */
  #note(before: number, id: number): void {
    const nowMs = machineMs()
    for (let told = before + 1; told <= id; told++) {
      const times = this.#arrivals.get(told)
      if (times) times.push(nowMs)
      else this.#arrivals.set(told, [nowMs])
    }
  }
}

/** The newest id whose event ends in these bytes; -1 without one. An event ends where its id does. */
function lastIdIn(bytes: Buffer, length: number): number {
  const at = bytes.subarray(0, length).lastIndexOf(ID)
  if (at < 0) return -1
  let n = 0
  let i = at + ID.length
  while (i < length && bytes[i] !== DOT) i += 1
  for (i += 1; i < length; i++) {
    const digit = bytes[i]! - DIGIT_0
    if (digit < 0 || digit > 9) return n
    n = n * 10 + digit
  }
  return -1
}

/** As `lastIdIn`, where the id is cut: `seam` keeps the end of what came before. */
function idAcross(seam: Buffer, length: number): number {
  const head = Math.min(length, SEAM_BYTES)
  buffer.copy(seam, SEAM_BYTES, 0, head)
  const id = lastIdIn(seam, SEAM_BYTES + head)
  if (length >= SEAM_BYTES) buffer.copy(seam, 0, length - SEAM_BYTES, length)
  else seam.copyWithin(0, length, SEAM_BYTES + length)
  return id
}

const groups = new Map<string, Group>()

obey({
  async open(order: OpenOrder) {
    const group = new Group(order)
    groups.set(order.group, group)
    await group.ready.promise
  },
  take: ({ group }: { group: string }) => groups.get(group)!.take(),
  note: ({ group, noting }: { group: string; noting: boolean }) => {
    groups.get(group)!.noting = noting
  },
  close({ group }: { group: string }) {
    groups.get(group)!.close()
    groups.delete(group)
  },
})
process.send!({ type: 'ready' })
