// The reader of the sweep benchmark, a process of its own: it listens to everything, as the dashboard does, and says
// when which bytes came. What they mean is worked out afterwards, so that the reading costs nothing meanwhile.
import { get } from 'node:http'
import { Client } from 'pg'
import { machineMs, obey } from './bench-child.ts'

interface Piece {
  atMs: number
  bytes: Buffer
}

let pieces: Piece[] = []
let notified: { atMs: number; id: number }[] = []
/** The end of an event whose beginning came with a piece that was told already. */
let open: Buffer = Buffer.alloc(0)

const listener = new Client({
  connectionString: process.env.DATABASE_URL,
  application_name: 'bench listener',
})
await listener.connect()
listener.on('notification', ({ payload }) => notified.push({ atMs: machineMs(), id: Number(payload) }))
await listener.query('listen onetape_batch')

const request = get(`${process.env.BENCH_API_URL}/trpc/quotes.live?input=%7B%7D`, (response) => {
  response.on('data', (bytes: Buffer) => pieces.push({ atMs: machineMs(), bytes }))
  process.send!({ type: 'ready', status: response.statusCode })
})
request.on('error', (error) => {
  console.error(error)
  process.exit(1)
})

interface Told {
  atMs: number
  /** Ledger id of the event. */
  cursor: number
  rows: number
}

/** Whole events since it was last asked: each with the moment at which its last byte came. */
function events(): { events: Told[]; notified: typeof notified; bytes: number } {
  const told: Told[] = []
  let rest: Buffer = open
  let bytes = 0
  for (const piece of pieces) {
    bytes += piece.bytes.length
    rest = rest.length === 0 ? piece.bytes : Buffer.concat([rest, piece.bytes])
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const event = toldBy(rest.subarray(0, end).toString())
      if (event) told.push({ ...event, atMs: piece.atMs })
      rest = rest.subarray(end + 2)
    }
  }
  open = rest
  pieces = []
  const heard = notified
  notified = []
  return { events: told, notified: heard, bytes }
}

function toldBy(text: string): Omit<Told, 'atMs'> | null {
  const fields = new Map(
    text
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const id = fields.get('id')
  const data = fields.get('data')
  if (!id || !data) return null
  const { rows } = JSON.parse(data) as { rows?: unknown[] }
  return { cursor: Number(id.split('.')[1]), rows: rows?.length ?? 0 }
}

obey({ events })
