// The guardian's side of the leases: who is there, and what they are told.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { type FromClient, type FromGuardian, onLines, sendLine } from './lease-wire.ts'

const STILL_STARTING_MS = 1_000
const GREETING_MS = 5_000

export interface LeaseServer {
  port: number
  token: string
  /** Tells every client, and those who come later. */
  announce(message: FromGuardian): void
  count(): number
  close(): void
}

/** @param onEmpty the last lease has gone; `polite` when its client said so before it closed. */
export async function serveLeases(
  onEmpty: (polite: boolean) => void,
  onFirst: () => void,
): Promise<LeaseServer> {
  const token = randomBytes(24).toString('hex')
  const leases = new Set<Socket>()
  let news: FromGuardian = { at: 'starting' }

  const server = createServer((socket) => {
    let polite = false
    const greeting = setTimeout(() => socket.destroy(), GREETING_MS)
    socket.setNoDelay()
    socket.setKeepAlive(true, 10_000)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(greeting)
      if (leases.delete(socket) && leases.size === 0) onEmpty(polite)
    })
    onLines(socket, (value) => {
      const message = value as FromClient
      if ('bye' in message) polite = true
      else if (sameWord(message.token, token)) {
        clearTimeout(greeting)
        leases.add(socket)
        if (leases.size === 1) onFirst()
        sendLine(socket, news)
      } else socket.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const pulse = setInterval(() => {
    if (news.at === 'starting') for (const socket of leases) sendLine(socket, news)
  }, STILL_STARTING_MS)

  return {
    port: (server.address() as { port: number }).port,
    token,
    announce(message) {
      news = message
      for (const socket of leases) sendLine(socket, news)
    },
    count: () => leases.size,
    close() {
      clearInterval(pulse)
      server.close()
    },
  }
}

function sameWord(given: unknown, token: string): boolean {
  if (typeof given !== 'string' || given.length !== token.length) return false
  return timingSafeEqual(Buffer.from(given), Buffer.from(token))
}
