// The daemon of the sweep benchmark: the real one, told when to sweep, and beside it, in the same process, the control.
import { subscribe } from 'node:diagnostics_channel'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { composeDaemon } from '@onetape/daemon/src/compose.ts'
import { start } from '@onetape/daemon/src/daemon.ts'
import { readEnv } from '@onetape/daemon/src/env.ts'
import { createLog } from '@onetape/daemon/src/log.ts'
import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { createBareTicks } from './bare-ticks.ts'
import { machineMs, obey } from './bench-child.ts'

const env = readEnv()
const deps = await composeDaemon(env, createLog('daemon', env))
const daemon = await start({ ...deps, fill: null, streams: false })
const control = new Client({ connectionString: deps.tape.url, application_name: 'bench control' })
await control.connect()
await createBareTicks(control)

/** The body of the last sweep as it came, and when its last byte did: seen where the bytes leave the socket. */
let chunks: Buffer[] = []
let bodyAtMs = 0

interface RequestNote {
  request: { path: string }
  chunk?: Uint8Array
}
const coming = new WeakMap<object, Buffer[]>()
const onSnapshot = (name: string, hear: (note: RequestNote) => void) =>
  subscribe(`undici:request:${name}`, (told) => {
    const note = told as RequestNote
    if (note.request.path.includes('/v2/snapshot/locale/us')) hear(note)
  })
onSnapshot('headers', ({ request }) => void coming.set(request, []))
onSnapshot('bodyChunkReceived', ({ request, chunk }) => coming.get(request)?.push(Buffer.from(chunk!)))
onSnapshot('trailers', ({ request }) => {
  bodyAtMs = machineMs()
  chunks = coming.get(request) ?? []
})

async function sweep(): Promise<{ bodyAtMs: number; endAtMs: number; bytes: number; notes: unknown }> {
  const report = await daemon.sweeper.sweepAll('equity')
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
  return { bodyAtMs, endAtMs: machineMs(), bytes, notes: report.notes }
}

/** JSON.parse of the body that the last sweep had, and a raw COPY of the ticks that it wrote. */
async function plain({
  writeIds,
}: {
  writeIds: number[]
}): Promise<{ parseMs: number; copyMs: number; rows: number }> {
  const text = Buffer.concat(chunks).toString()
  const rows = await ticksAsText(writeIds)
  const startMs = machineMs()
  const body = JSON.parse(text) as { tickers: unknown[] }
  const parsedMs = machineMs()
  await control.query('begin')
  await pipeline(
    async function* () {
      yield rows
    },
    control.query(copyFrom('copy bare.market_data_ticks from stdin')),
  )
  await control.query('commit')
  return { parseMs: parsedMs - startMs, copyMs: machineMs() - parsedMs, rows: body.tickers.length }
}

async function ticksAsText(writeIds: readonly number[]): Promise<Buffer> {
  const parts: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      parts.push(chunk)
      done()
    },
  })
  const query = `copy (select * from market_data_ticks where write_id in (${writeIds.join(',')})) to stdout`
  await pipeline(control.query(copyTo(query)), sink)
  return Buffer.concat(parts)
}

obey({
  sweep,
  plain,
})
process.send!({ type: 'ready' })
