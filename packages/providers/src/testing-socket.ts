// A vendor's WebSocket for tests: a real server on loopback whose part a test writes down.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { StreamEvent } from './stream/contract.ts'

export interface TestLine {
  /** Path and query of the upgrade. */
  path: string
  headers: IncomingMessage['headers']
  /** What the client has said, parsed where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into messages of many shapes
  heard: any[]
  /** Sent as it is when text or bytes, as JSON otherwise. */
  say(frame: unknown): void
  ws: WebSocket
}

export interface TestSocketVendor extends AsyncDisposable {
  url: string
  lines: TestLine[]
}

/** @param onMessage hears what the client says, with the line to answer on. */
export async function testSocketVendor(o: {
  onOpen?: (line: TestLine, index: number) => void
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into messages of many shapes
  onMessage?: (message: any, line: TestLine, index: number) => void
}): Promise<TestSocketVendor> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  const lines: TestLine[] = []
  sockets.on('connection', (ws, request) => {
    const say = (frame: unknown) =>
      ws.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame))
    const line: TestLine = { path: request.url ?? '/', headers: request.headers, heard: [], say, ws }
    const index = lines.push(line) - 1
    ws.on('message', (data) => {
      const message = parsed(String(data))
      line.heard.push(message)
      o.onMessage?.(message, line, index)
    })
    o.onOpen?.(line, index)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    async [Symbol.asyncDispose]() {
      for (const ws of sockets.clients) ws.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Events of a stream until `enough` of them came; the stream is closed then. */
export async function eventsUntil(
  stream: AsyncIterable<StreamEvent> & { close(): Promise<void> },
  enough: (events: StreamEvent[]) => boolean,
): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of stream) {
    events.push(event)
    if (enough(events)) break
  }
  await stream.close()
  return events
}
