/**
 * The one way to a vendor's WebSocket:
 *
 *   const socket = await openSocket({ url, provider, role, headers?, signal, timeoutMs, secrets, explain?, pingMs? })
 *   socket.send(text)                          throws nothing; a socket that is gone says so through `frames`
 *   for await (const frame of socket.frames)   string or Uint8Array, in order; iterate once
 *   socket.close()
 *
 * `openSocket` resolves when the upgrade is done and rejects with a ProviderError: 401 is `unauthorized`, 403
 * `not_entitled` (unless `explain` reads the vendor's own words), no connection or no answer within `timeoutMs`
 * `unavailable`. `frames` ends when we close, when the signal aborts and when the vendor says goodbye (1000, 1001,
 * 1005); it throws `unavailable` for any other end, for a line that does not answer pings, and `malformed` for a frame
 * that is too large. Frames that wait are bounded: a slow reader stops the reading, which the vendor feels.
 */
import { WebSocket } from 'ws'
import { type ErrorKind, ProviderError } from '../errors.ts'
import { kindOfStatus, networkFault, safeText } from './failure.ts'
import { FrameQueue } from './frame-queue.ts'
import type { VendorFault } from './request.ts'
import { retryAfterMs } from './retry-after.ts'

export interface SocketOptions {
  /** `ws:` or `wss:`; its query never reaches a message. */
  url: string | URL
  provider: string
  /** What the host is to us, for messages: `Polygon's stream`. */
  role: string
  headers?: Record<string, string>
  /** Ends the socket, also while it opens. */
  signal: AbortSignal
  /** For the upgrade to be done. */
  timeoutMs: number
  /** Never shown, whatever a vendor echoes. */
  secrets: readonly string[]
  /** Reads the vendor's body when the upgrade is refused; what it leaves out follows from the status. */
  explain?: (status: number, text: string) => VendorFault | null
  /** Pings this often, and ends a line that was silent for two of them; 5 s unless told. 0 never pings. */
  pingMs?: number
  frameBytesMax?: number
  /** Frames that may wait for the reader before reading stops. */
  framesWaitingMax?: number
}

export interface Socket {
  send(text: string | Uint8Array): void
  frames: AsyncIterable<string | Uint8Array>
  close(): void
}

const PING_MS = 5_000
const FRAME_BYTES_MAX = 16 * 1024 * 1024
const FRAMES_WAITING_MAX = 1_000
const REFUSAL_BYTES_MAX = 4_096
/** Goodbyes that are no failure: normal, going away, without a code. */
const GOODBYES: readonly number[] = [1000, 1001, 1005]

export async function openSocket(o: SocketOptions): Promise<Socket> {
  if (o.signal.aborted) throw fault(o, 'unavailable', 'was not waited for: the call was cancelled')
  const ws = create(o)
  const frames = new FrameQueue<string | Uint8Array>({
    waitingMax: o.framesWaitingMax ?? FRAMES_WAITING_MAX,
    pause: () => ws.pause(),
    resume: () => ws.resume(),
  })
  ws.on('message', (data: Buffer, isBinary: boolean) =>
    frames.push(isBinary ? new Uint8Array(data) : data.toString('utf8')),
  )
  // From the very moment it opens: a vendor may speak, fail and go in the same breath.
  await opened(o, ws, () => watch(o, ws, frames))
  const close = () => {
    frames.end()
    shut(ws)
  }
  return {
    frames: frames.read(close),
    close,
    send: (text) => {
      if (ws.readyState === WebSocket.OPEN) ws.send(text, () => {})
    },
  }
}

function create(o: SocketOptions): WebSocket {
  try {
    return new WebSocket(o.url, {
      headers: o.headers,
      handshakeTimeout: o.timeoutMs,
      maxPayload: o.frameBytesMax ?? FRAME_BYTES_MAX,
      perMessageDeflate: false,
      followRedirects: false,
    })
  } catch {
    // Its message would show the address.
    throw fault(o, 'invalid_request', 'has an address that is not ws:// or wss://')
  }
}

function opened(o: SocketOptions, ws: WebSocket, onOpen: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isTold = false
  const fail = (error: ProviderError) => {
    isTold = true
    reject(error)
    ws.terminate()
  }
  const onAbort = () => fail(fault(o, 'unavailable', 'was not waited for: the call was cancelled'))
  const onRefused = (_request: unknown, response: Refused) => {
    void refusal(o, response).then((error) => {
      response.destroy()
      fail(error)
    })
  }
  // A listener stays for good: what a terminated socket says afterwards is of no interest, but must not be thrown.
  ws.on('error', (error) => {
    if (isTold) return
    isTold = true
    if (/handshake has timed out/.test(error.message)) {
      return reject(fault(o, 'unavailable', `did not answer within ${o.timeoutMs} ms`))
    }
    reject(fault(o, 'unavailable', `cannot be reached: ${networkFault(error).words}`, error))
  })
  ws.once('unexpected-response', onRefused)
  ws.once('open', () => {
    isTold = true
    onOpen()
    resolve()
  })
  o.signal.addEventListener('abort', onAbort, { once: true })
  return promise.finally(() => {
    o.signal.removeEventListener('abort', onAbort)
    ws.off('unexpected-response', onRefused)
  })
}

/** What an upgrade was answered with instead of a socket. */
interface Refused extends AsyncIterable<Buffer> {
  statusCode?: number
  headers: Record<string, string | string[] | undefined>
  destroy(): void
}

async function refusal(o: SocketOptions, response: Refused): Promise<ProviderError> {
  const status = response.statusCode ?? 0
  const text = await shortText(response)
  const said = o.explain?.(status, text) ?? {}
  const kind = said.kind ?? kindOfStatus(status)
  const words = said.message ? `: ${safeText(said.message, o.secrets)}` : ''
  const wait = retryAfterMs(new Headers({ 'retry-after': String(response.headers['retry-after'] ?? '') }))
  return new ProviderError(kind, `${o.role} answered ${status}${words}`, {
    provider: o.provider,
    status,
    retryAfterMs: kind === 'rate_limited' ? (said.retryAfterMs ?? wait ?? undefined) : undefined,
  })
}

async function shortText(response: Refused): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  const giveUp = setTimeout(() => response.destroy(), 1_000)
  try {
    for await (const part of response) {
      parts.push(part)
      bytes += part.length
      if (bytes > REFUSAL_BYTES_MAX) break
    }
  } catch {
    // What came is enough: the status has said the most.
  } finally {
    clearTimeout(giveUp)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Hands the socket's end, its silence and its faults to whoever reads. */
function watch(o: SocketOptions, ws: WebSocket, frames: FrameQueue<string | Uint8Array>): void {
  const pingMs = o.pingMs ?? PING_MS
  let isHeard = true
  let silentFor = 0
  const heard = () => {
    isHeard = true
  }
  for (const event of ['message', 'ping', 'pong'] as const) ws.on(event, heard)
  const check = () => {
    // Nothing can be heard while nothing is read.
    silentFor = isHeard || ws.isPaused ? 0 : silentFor + 1
    isHeard = false
    if (silentFor >= 2) {
      frames.fail(fault(o, 'unavailable', `went silent: no sign of life for ${2 * pingMs} ms`))
      return ws.terminate()
    }
    ws.ping(undefined, undefined, () => {})
  }
  const timer = pingMs > 0 ? setInterval(check, pingMs) : undefined
  const onAbort = () => {
    frames.end()
    shut(ws)
  }
  o.signal.addEventListener('abort', onAbort, { once: true })
  ws.on('error', (error) => {
    const isTooLarge = (error as { code?: string }).code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
    if (isTooLarge) return frames.fail(fault(o, 'malformed', 'sent a frame that is too large', error))
    const isBroken = (error as { code?: string }).code?.startsWith('WS_ERR')
    if (isBroken) return frames.fail(fault(o, 'malformed', 'sent what is no frame', error))
    frames.fail(fault(o, 'unavailable', `broke off: ${networkFault(error).words}`, error))
  })
  ws.once('close', (code, reason) => {
    clearInterval(timer)
    o.signal.removeEventListener('abort', onAbort)
    if (GOODBYES.includes(code)) return frames.end()
    const words = reason.length > 0 ? `: ${safeText(reason.toString('utf8'), o.secrets)}` : ''
    const said = code === 1006 ? 'broke off: connection dropped' : `was closed with ${code}${words}`
    frames.fail(fault(o, 'unavailable', said))
  })
}

const CLOSE_WITHIN_MS = 1_000

/** A polite close, and an end for a vendor that does not answer it. */
function shut(ws: WebSocket): void {
  if (ws.readyState === WebSocket.CLOSED) return
  // A paused socket would never hear the answer.
  ws.resume()
  ws.close(1000)
  const timer = setTimeout(() => ws.terminate(), CLOSE_WITHIN_MS)
  ws.once('close', () => clearTimeout(timer))
}

const fault = (o: SocketOptions, kind: ErrorKind, words: string, cause?: unknown): ProviderError =>
  new ProviderError(kind, `${o.role} ${words}`, { provider: o.provider, cause })
