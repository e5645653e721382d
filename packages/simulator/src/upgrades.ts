// WebSocket connections on the same port: a request to upgrade is led to the vendor whose path it names.
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { WebSocketServer } from 'ws'
import { type Fault, REQUEST_FAULTS } from './faults.ts'
import { simSocket } from './sim-socket.ts'
import type { Simulation } from './simulation.ts'
import type { SimulatedVendor } from './vendor.ts'

const MESSAGE_BYTES_MAX = 1024 * 1024

interface Upgrade {
  request: IncomingMessage
  socket: Duplex
  head: Buffer
}

export function acceptUpgrades(
  app: FastifyInstance,
  vendors: readonly SimulatedVendor[],
  simulationOf: (vendor: SimulatedVendor) => Simulation,
): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  })
  const waiting = new Set<Duplex>()
  app.server.on('upgrade', (request, socket, head) => {
    waiting.add(socket)
    socket.once('close', () => waiting.delete(socket))
    socket.on('error', () => socket.destroy())
    void lead({ request, socket, head })
  })
  app.addHook('preClose', async () => {
    for (const client of server.clients) client.terminate()
    for (const socket of waiting) socket.destroy()
    server.close()
  })

  async function lead(upgrade: Upgrade): Promise<void> {
    const url = new URL(upgrade.request.url ?? '/', 'http://127.0.0.1')
    const vendor = vendors.find(({ name }) => url.pathname.startsWith(`/${name}/`))
    const path = url.pathname.slice((vendor?.name.length ?? 0) + 1)
    const endpoint = vendor?.sockets?.find((s) => s.path.test(path))
    if (!vendor || !endpoint) return refuse(upgrade.socket, 404)
    const simulation = simulationOf(vendor)
    const entry = simulation.log.note({ vendor: vendor.name, path: path + url.search })
    const fault = simulation.faults.take({
      vendor: vendor.name,
      path: path + url.search,
      on: 'request',
      kinds: REQUEST_FAULTS,
      keys: keysIn(upgrade.request),
    })
    entry.fault = fault?.kind ?? null
    if (fault) {
      const status = await play(fault, upgrade.socket, simulation)
      if (status !== null) {
        entry.status = status === 0 ? null : status
        return
      }
    }
    if (upgrade.socket.destroyed) return
    entry.status = 101
    server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (ws) => {
      const socket = simSocket(ws, { simulation, vendor: vendor.name, path })
      endpoint.connect(socket, { url, headers: upgrade.request.headers, simulation })
    })
  }
}

/** Keys that a handshake already carries; most vendors ask for them afterwards. */
function keysIn({ headers }: IncomingMessage): string[] {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return [bearer, headers['apca-api-key-id']].filter((key) => typeof key === 'string')
}

const STATUS = {
  rate_limited: 429,
  server_error: 503,
  unauthorized: 401,
  token_expired: 401,
  plan_error: 403,
}

/** The status that the upgrade was refused with, 0 when it was never answered, null when it may go on. */
async function play(fault: Fault, socket: Duplex, { wall }: Simulation): Promise<number | null> {
  if (fault.kind === 'slow') {
    await new Promise<void>((resolve) => {
      wall.after(fault.delayMs, resolve)
      wall.closed.addEventListener('abort', () => resolve())
    })
    return null
  }
  if (fault.kind === 'timeout') return 0
  if (fault.kind === 'cut') {
    socket.destroy()
    return 0
  }
  const status = STATUS[fault.kind as keyof typeof STATUS]
  if (status === undefined) return null
  refuse(socket, status, fault.retryAfterS)
  return status
}

function refuse(socket: Duplex, status: number, retryAfterS?: number): void {
  const retry = retryAfterS === undefined ? '' : `Retry-After: ${retryAfterS}\r\n`
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}
