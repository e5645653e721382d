// One connection to the gateway: greeting -> version and time -> START_API -> account, next order id, farms -> requests,
// which intake.ts sees to.
import type { Socket } from 'node:net'
import { type Frame, FrameGate } from '../frame-gate.ts'
import type { LoggedRequest } from '../request-log.ts'
import { FARMS, NOBODY, NOTICES, type Notice, noticeMessage } from './codes.ts'
import { FrameReader, frame, message, type Versions } from './frames.ts'
import { ACCOUNT, type Gateway, isDelayed, isRefused } from './gateway.ts'
import { type Request, receive } from './intake.ts'
import { LinkState } from './link-state.ts'
import { STREAM_PATH } from './market-line.ts'
import { zonedText } from './time-text.ts'

/** Spoken here, and the newest that is text throughout. */
const VERSION = 193
const UNREAD_BYTES_MAX = 8 * 1024 * 1024
/** Between messages that pass the gate as one. */
const TOGETHER = '\x1e'

export class TwsSession {
  readonly gateway: Gateway
  /** Ends of the market data lines, by request. */
  readonly lines = new Map<string, () => void>()
  /** Requests for history that a fault holds back. */
  readonly held = new Set<string>()
  /** 1 live, 2 frozen, 3 delayed, 4 delayed and frozen. */
  marketDataType = 1
  clientId: number | null = null
  /** Warnings about too many messages. */
  rateWarnings = 0
  readonly #socket: Socket
  readonly #gate: FrameGate
  readonly #link: LinkState

  constructor(socket: Socket, gateway: Gateway) {
    this.#socket = socket
    this.gateway = gateway
    const { simulation } = gateway
    this.#gate = new FrameGate(simulation, 'ibkr', STREAM_PATH, (late) => this.#put(late))
    this.#link = new LinkState(simulation, (notice) => this.notice(NOBODY, notice))
    const reader = new FrameReader(
      (versions) => this.#greet(versions),
      (fields) => receive(this, fields),
    )
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk)
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#close())
  }

  get delayedOnly(): boolean {
    return this.clientId !== null && isDelayed(this.clientId)
  }

  /** Answers: no fault keeps them back, but the line may be cut. */
  send(...messages: string[]): void {
    for (const text of messages) this.#pass(text, { control: true })
  }

  notice(reqId: string | number, notice: Notice): void {
    this.send(noticeMessage(reqId, notice))
  }

  /** Refuses a request, and notes with which code. */
  refuse({ reqId, entry }: Pick<Request, 'reqId' | 'entry'>, notice: Notice): void {
    // Code 200 says that there is no such contract, status 200 that all is well.
    entry.status = notice.code === NOTICES.noDefinition.code ? 404 : notice.code
    this.notice(reqId, notice)
  }

  /** Ticks of one change go together, and are what stream faults strike. */
  sendTicks(messages: string[], symbol: string, spoiled: () => string[]): void {
    if (this.#link.lost) return
    this.#pass(messages.join(TOGETHER), { symbol, spoiled: () => spoiled().join(TOGETHER) })
  }

  /** The line is cut. */
  cut(): void {
    this.#socket.destroy()
  }

  /** The line is closed once everything is said. */
  end(): void {
    this.#socket.end()
  }

  #pass(text: string, options: Parameters<FrameGate['pass']>[1]): void {
    const frames = this.#gate.pass(text, options)
    if (frames === 'cut') this.cut()
    else for (const one of frames) this.#put(one)
  }

  #put(text: Frame): void {
    if (!this.#socket.writable) return
    for (const one of String(text).split(TOGETHER)) this.#socket.write(frame(one))
    // A client that does not read is dropped.
    if (this.#socket.writableLength > UNREAD_BYTES_MAX) this.cut()
  }

  #greet({ min, max }: Versions): void {
    if (min > VERSION) {
      this.cut()
      return
    }
    const version = Math.min(max, VERSION)
    this.#put(message(version, zonedText(this.gateway.simulation.clock.now())))
  }

  /** Signs in, unless the id is taken or one of those that are never let in. */
  start(fields: string[], entry: LoggedRequest): void {
    const clientId = Number(fields[2])
    const { clients } = this.gateway
    if (this.clientId !== null) return
    if (!Number.isInteger(clientId) || isRefused(clientId)) {
      entry.status = 502
      this.cut()
      return
    }
    if (clients.has(clientId)) {
      this.refuse({ reqId: String(NOBODY), entry }, NOTICES.clientIdInUse)
      this.end()
      return
    }
    entry.status = 200
    this.clientId = clientId
    this.#gate.bears(String(clientId))
    clients.add(clientId)
    this.send(message(15, 1, ACCOUNT), message(9, 1, 1))
    for (const farm of FARMS) this.notice(NOBODY, farm)
    this.#link.watch()
  }

  #close(): void {
    for (const stop of this.lines.values()) stop()
    this.gateway.lines -= this.lines.size
    this.lines.clear()
    this.held.clear()
    this.#gate.close()
    this.#link.close()
    if (this.clientId !== null) this.gateway.clients.delete(this.clientId)
  }
}
