// A process that fans out: the API's hub, streams and route, fed with rows as the listener feeds them, and beside them
// the bare server with the same events ready-made. As fast as the readers take it: the next batch goes out once all
// readers have the one before the last.

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { Cadence } from '@onetape/api/src/live/cadence.ts'
import { deltaBytes } from '@onetape/api/src/live/delta-event.ts'
import { Hub } from '@onetape/api/src/live/hub.ts'
import { routeLiveQuotes } from '@onetape/api/src/live/route.ts'
import { Slot } from '@onetape/api/src/live/slot.ts'
import { LiveStreams } from '@onetape/api/src/live/streams.ts'
import type { LatestView } from '@onetape/db'
import { fastify } from 'fastify'
import { obey } from '../sweep/bench-child.ts'
import { bareServer, ID_ROOM, setId } from './bare-server.ts'
import {
  ENVIRONMENT_ID,
  type FanShape,
  movedIn,
  ownInstruments,
  START_US,
  VARIANTS,
  viewOf,
} from './fan-shape.ts'

export type Audience = 'all' | 'own'
export interface RunOrder {
  side: 'ours' | 'bare'
  audience: Audience
  ms: number
}
export interface RunResult {
  batches: number
  ms: number
  cpuMs: number
}

/** Batches under way at once. */
const DEPTH = 2

const shape: FanShape = JSON.parse(process.env.FAN_SHAPE!)
const marketClock = { now: () => START_US }
const acks = new Map<string, (id: number) => void>()

const hubs = { all: new Hub({ slowReaderMs: 60_000 }), own: new Hub({ slowReaderMs: 60_000 }) }
const server = fastify()
for (const audience of ['all', 'own'] as const) {
  const hub = hubs[audience]
  const rows = Array.from({ length: shape.instruments }, (_, i) => viewOf(i, 0, 1))
  hub.reset({ environmentId: ENVIRONMENT_ID, cursor: 1, rows })
  const streams = new LiveStreams({ hub, cadence: new Cadence(), marketClock, catchUp: async () => {} })
  const otherwise = async () => {
    throw new Error('the route did not take the request')
  }
  const user = { id: 'bench', name: 'Bench', email: 'bench@localhost', role: 'member' as const }
  const visitorOf = async () => ({ user, session: null, cookies: [] })
  routeLiveQuotes(server, `/${audience}`, { streams, visitorOf, logError: () => {}, otherwise })
}
await server.listen({ host: '127.0.0.1', port: 0 })

const bare = await bareServer()
/** Rows of each variant; memory holds them, so the next round has others with the same prices. */
const rowsOf = (n: number, batchId: number): LatestView[] =>
  movedIn(shape, n).map((i) => viewOf(i, n, batchId))
const ready = bareEvents()

/** The events of each variant, for everybody and for each reader of some. */
function bareEvents(): { all: Buffer[]; own: Buffer[][] } {
  const cadence = new Cadence().at(marketClock.now())
  const writer = () => (slot: Slot) => slot.json(cadence)
  const event = (rows: Slot[]) => deltaBytes({ id: `0b9f3c1e.${ID_ROOM}`, full: false, rows, writer })
  const variants = Array.from({ length: VARIANTS }, (_, n) =>
    rowsOf(n, 1_000 + n).map((row) => new Slot(row)),
  )
  const followed = ownInstruments(shape)
  return {
    all: variants.map(event),
    own: variants.map((slots) => {
      const byId = new Map(slots.map((slot) => [slot.row.instrumentId, slot]))
      return followed.map((own) => event(own.flatMap((i) => byId.get(i + 1) ?? [])))
    }),
  }
}

const bareIds = { all: 0, own: 0 }
function sendBare(audience: Audience): number {
  const id = ++bareIds[audience]
  const n = id % VARIANTS
  if (audience === 'all') {
    setId(ready.all[n]!, id)
    bare.broadcast(ready.all[n]!)
  } else {
    for (const event of ready.own[n]!) setId(event, id)
    bare.writeEach(ready.own[n]!)
  }
  return id
}

/** The listener's input: rows that were read. They are made before the run, for reading them is not fanning out. */
function sendOurs(audience: Audience, prepared: LatestView[][]): number {
  const hub = hubs[audience]
  const id = hub.cursor + 1
  const rows = prepared[id % prepared.length]!
  for (const row of rows) row.batchId = id
  hub.advance(id, rows)
  return id
}

async function run({ side, audience, ms }: RunOrder): Promise<RunResult> {
  // Two of each variant: the row that memory holds is another one than the row that comes.
  const prepared = side === 'ours' ? Array.from({ length: 2 * VARIANTS }, (_, n) => rowsOf(n, 0)) : []
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const send = () => (side === 'ours' ? sendOurs(audience, prepared) : sendBare(audience))
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  let [batches, acked] = [0, 0]
  let first = 0
  // Batches come one at a time: between two of them the listener reads the tape.
  const goOn = () => {
    const open = performance.now() - startedAt < ms
    if (open && batches - acked < DEPTH) {
      const id = send()
      first ||= id
      batches += 1
      setImmediate(goOn)
    }
    if (!open && acked === batches) resolve()
  }
  acks.set(`${side}-${audience}`, (id) => {
    acked = Math.max(acked, id - first + 1)
    goOn()
  })
  goOn()
  await over
  acks.delete(`${side}-${audience}`)
  const { user, system } = process.cpuUsage(cpu)
  return { batches, ms: performance.now() - startedAt, cpuMs: (user + system) / 1_000 }
}

/** Readers say, each group on a line of its own, up to which id all of them are. */
const ackServer = createServer((socket) => {
  let rest = ''
  socket.on('error', () => {})
  socket.setNoDelay(true)
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString()).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const [group, id] = line.split(' ')
      acks.get(group!)?.(Number(id))
    }
  })
})
await new Promise<void>((resolve) => ackServer.listen(0, '127.0.0.1', resolve))

obey({
  run,
  sendBare: ({ audience }: { audience: Audience }) => sendBare(audience),
  cpu: () => (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
})
process.send!({
  type: 'ready',
  port: (server.server.address() as AddressInfo).port,
  barePort: bare.port,
  ackPort: (ackServer.address() as AddressInfo).port,
})
