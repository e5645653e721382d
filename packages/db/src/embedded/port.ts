// Ports on loopback. Picked below the kernels' ephemeral ranges (Linux 32768.., macOS 49152..): a port from
// those could be taken by any outgoing connection while its owner restarts, even by one to itself.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { EmbeddedProblem } from './problem.ts'

const LOWEST = 20_000
const HIGHEST = 32_000
const TRIES = 200

export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** A port nobody listens on, `preferred` if it is free. */
export async function freePort(preferred?: number, host = '127.0.0.1'): Promise<number> {
  if (preferred && (await isPortFree(preferred, host))) return preferred
  for (let n = 0; n < TRIES; n++) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port, host)) return port
  }
  throw new EmbeddedProblem(
    `No free port was found on ${host}: stop a program that listens there and start again.`,
  )
}
