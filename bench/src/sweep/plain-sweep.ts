// The control of the sweep benchmark, a process like the daemon's and as warm: the least that anybody would have to do
// with a sweep. It parses the same body and copies the same rows, raw, over one connection into a bare copy of the table.
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { createBareTicks } from './bare-ticks.ts'
import { machineMs, obey } from './bench-child.ts'

const client = new Client({ connectionString: process.env.DATABASE_URL, application_name: 'bench control' })
await client.connect()
await createBareTicks(client)

async function plain({ writeIds }: { writeIds: number[] }): Promise<{ parseMs: number; copyMs: number }> {
  const text = await lastBody()
  const rows = await ticksAsText(writeIds)
  const startMs = machineMs()
  const { tickers } = JSON.parse(text) as { tickers: unknown[] }
  const parsedMs = machineMs()
  if (tickers.length === 0) throw new Error('the body holds no rows')
  await client.query('begin')
  await pipeline(
    async function* () {
      yield rows
    },
    client.query(copyFrom('copy bare.market_data_ticks from stdin')),
  )
  await client.query('commit')
  return { parseMs: parsedMs - startMs, copyMs: machineMs() - parsedMs }
}

async function lastBody(): Promise<string> {
  const answer = await fetch(`${process.env.BENCH_VENDOR_URL}/last`)
  return await answer.text()
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
  await pipeline(client.query(copyTo(query)), sink)
  return Buffer.concat(parts)
}

obey({ plain })
process.send!({ type: 'ready' })
