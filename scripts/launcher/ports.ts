// The dashboard keeps its address over restarts: its port is remembered, and then insisted on.
import { lookup } from 'node:dns/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort, readIfThere, writeWhole } from '@onetape/db/embedded'
import { LaunchProblem } from './problem.ts'

export interface Ports {
  web: number
  simulator: number
}

/** Two modes of one folder may run side by side. */
const FIRST_CHOICE = { demo: 4680, live: 4780 }
/** A launcher that was killed leaves its children a moment behind. */
const OWN_REMAINS_MS = 8_000
const POLL_MS = 200

export interface PortRequest {
  stateDir: string
  mode: 'demo' | 'live'
  host: string
  port: number | null
  /** How long a taken port is waited for. */
  patienceMs?: number
}

export async function choosePorts(o: PortRequest): Promise<Ports> {
  const path = join(o.stateDir, `ports-${o.mode}.json`)
  const last = remembered(path)
  const insisted = o.port ?? last?.web ?? null
  const web = insisted ? await insistOn(insisted, o) : await freePortOn(o.host, FIRST_CHOICE[o.mode])
  const simulator = await freePort(last?.simulator)
  const ports = { web, simulator }
  // A port given for once does not move the address for good.
  writeWhole(path, JSON.stringify({ web: o.port ? (last?.web ?? web) : web, simulator }))
  return ports
}

function remembered(path: string): Partial<Ports> | null {
  try {
    return JSON.parse(readIfThere(path) ?? 'null')
  } catch {
    return null
  }
}

async function insistOn(port: number, o: PortRequest): Promise<number> {
  const until = Date.now() + (o.patienceMs ?? (o.port ? OWN_REMAINS_MS / 4 : OWN_REMAINS_MS))
  for (;;) {
    const refusal = await tryPort(o.host, port)
    if (refusal === null) return port
    if (refusal === 'EACCES')
      throw new LaunchProblem(`Port ${port} may not be used by this user: choose one above 1023.`)
    if (refusal !== 'EADDRINUSE') throw noSuchHost(o.host)
    if (Date.now() > until)
      throw new LaunchProblem(
        o.port
          ? `Port ${port} is taken by another program: stop it, or choose another port.`
          : `Port ${port}, where OneTape was last time, is taken by another program: stop it, or choose another port with npm start -- --port N.`,
      )
    await delay(POLL_MS)
  }
}

async function freePortOn(host: string, first: number): Promise<number> {
  const refusal = await tryPort(host, first)
  if (refusal === null) return first
  if (refusal !== 'EADDRINUSE' && refusal !== 'EACCES') throw noSuchHost(host)
  return freePort(undefined, host)
}

const noSuchHost = (host: string): LaunchProblem =>
  new LaunchProblem(
    `"${host}" is no address of this machine: use 127.0.0.1, or 0.0.0.0 for the whole network.`,
  )

async function tryPort(host: string, port: number): Promise<string | null> {
  try {
    await lookup(host)
  } catch {
    return 'ENOTFOUND'
  }
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EADDRNOTAVAIL'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)))
  })
}
