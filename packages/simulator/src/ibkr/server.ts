// The gateway's own TCP port, on loopback.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Simulation } from '../simulation.ts'
import { newGateway } from './gateway.ts'
import { TwsSession } from './session.ts'

export async function listenTws(
  simulation: Simulation,
  port = 0,
): Promise<{ port: number; close(): Promise<void> }> {
  const gateway = newGateway(simulation)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new TwsSession(socket, gateway)
  })
  server.listen({ host: '127.0.0.1', port })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
