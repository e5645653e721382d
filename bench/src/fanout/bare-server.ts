// The control: a node HTTP server that writes bytes which were made before to everybody who asked for them.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Room for the id at the end of an event, where it is set before each write. */
export const ID_DIGITS = 10
export const ID_ROOM = '0'.repeat(ID_DIGITS)
const AFTER_ID = '\n\n\n'.length

export function setId(event: Buffer, id: number): void {
  event.write(String(id).padStart(ID_DIGITS, '0'), event.length - AFTER_ID - ID_DIGITS, 'latin1')
}

export interface BareServer extends AsyncDisposable {
  port: number
  /** One event to everybody of `/all`. */
  broadcast(event: Buffer): void
  /** Each of `/own/<i>` its own event. */
  writeEach(events: readonly Buffer[]): void
}

export async function bareServer(): Promise<BareServer> {
  const all = new Set<ServerResponse>()
  const own = new Map<number, ServerResponse>()
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    response.write('data: {}\nid: 0b9f3c1e.0\n\n\n')
    const at = /^\/own\/(\d+)$/.exec(request.url ?? '')?.[1]
    if (at === undefined) all.add(response)
    else own.set(Number(at), response)
    response.on('close', () => (at === undefined ? all.delete(response) : own.delete(Number(at))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    broadcast(event) {
      for (const response of all) response.write(event)
    },
    writeEach(events) {
      for (const [i, response] of own) response.write(events[i]!)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
