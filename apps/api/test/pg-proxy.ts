// A door between the API and Postgres that a test can shut, and open again on the same address.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface PgProxy {
  /** The database's address, through this door. */
  url: string
  /** `refuse`: nobody listens. `mute`: connections stay open and nothing passes. */
  shut(how: 'refuse' | 'mute'): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

export async function pgProxy(databaseUrl: string): Promise<PgProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let mute = false
  let port = 0

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server: Server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    keep(client)
    keep(upstream)
    client.on('data', (chunk) => mute || upstream.write(chunk))
    upstream.on('data', (chunk) => mute || client.write(chunk))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }

  await listen()
  port = (server.address() as AddressInfo).port
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    async shut(how) {
      if (how === 'mute') {
        mute = true
        return
      }
      cut()
      await stopListening()
    },
    async open() {
      if (mute) cut()
      mute = false
      if (!server.listening) await listen()
    },
    async close() {
      cut()
      if (server.listening) await stopListening()
    },
  }
}
