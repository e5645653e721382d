// Batches at a steady rate: the API as a process on a real tape, in turn with the bare server that is told by a message.

import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { nodeEnv, nodeFlags } from '../../../scripts/launcher/node-flags.ts'
import { benchServer } from '../bench-server.ts'
import type { BenchCase } from '../report.ts'
import { BenchChild, machineMs, memoryOf } from '../sweep/bench-child.ts'
import type { Audience } from './broadcaster.ts'
import { AUDIENCES, type FanoutOptions, paths, profile, SIDES, type Side, type Stage } from './fan-stage.ts'
import { cpuMsOf } from './process-cpu.ts'
import type { OpenOrder, ReadStats } from './readers.ts'
import { memoryCases, steadyCases } from './steady-cases.ts'
import { type TapeFeeder, tapeFeeder } from './tape-feeder.ts'

/** As the daemon's streams come. */
const EVERY_MS = 250
/** A batch of everything is 50 MB in 200 sockets: on a busy machine it takes its time. */
const ARRIVES_WITHIN_MS = 30_000
const API = fileURLToPath(new URL('../../../apps/api/src/main.ts', import.meta.url))

export interface SteadyRound {
  delaysMs: number[]
  bytes: number
  ms: number
  cpuMs: number
}
export type Steady = Record<Side, SteadyRound[]> & { audience: Audience; apiMb: number[] }

export async function steady(stage: Stage, o: FanoutOptions): Promise<BenchCase[]> {
  const { shape } = stage
  await using server = await benchServer()
  const { url, db } = await server.database('fanout')
  const feeder = await tapeFeeder(db, shape)
  await using api = await BenchChild.start(API, {
    env: { ...nodeEnv(server.stateDir), DATABASE_URL: url, ONETAPE_PORT: '0', ONETAPE_LOG_LEVEL: 'warn' },
    execArgv: [...nodeFlags('api'), ...profile()],
  })
  const told: Steady[] = []
  for (const audience of AUDIENCES) told.push(await tellSteadily({ ...stage, api, feeder }, audience, o))
  const everyMs = o.everyMs ?? EVERY_MS
  return [
    ...told.flatMap((one) => steadyCases(shape, one, everyMs)),
    ...memoryCases(shape, { peakMb: memoryOf(api.pid).peakMb, told, minutes: o.minutes }),
  ]
}

/** In turn, the API from a real tape and the bare server by a message; then, for `minutes`, the API alone. */
async function tellSteadily(
  stage: Stage & { api: BenchChild; feeder: TapeFeeder },
  audience: Audience,
  o: FanoutOptions,
): Promise<Steady> {
  const { shape, broadcaster, readers, api, feeder } = stage
  const { rounds = 7, roundMs = 1_500, minutes = 0, everyMs = EVERY_MS } = o
  const ports = { ours: api.ready.port as number, bare: broadcaster.ready.barePort as number }
  const groups = { ours: `api-${audience}`, bare: `bare-${audience}` }
  for (const side of SIDES) {
    const group = groups[side]
    const order: OpenOrder = {
      group,
      port: ports[side],
      paths: paths(shape, { side, audience, prefix: '/trpc' }),
    }
    await readers.ask({ type: 'open', ...order })
    await readers.ask({ type: 'note', group, noting: true })
  }
  const pids = { ours: api.pid, bare: broadcaster.pid }
  const tell = {
    ours: () => feeder.next(),
    async bare() {
      const closedMs = machineMs()
      return { batchId: await broadcaster.ask<number>({ type: 'sendBare', audience }), closedMs }
    },
  }
  const told: Steady = { audience, ours: [], bare: [], apiMb: [] }
  const one = (side: Side, ms: number) =>
    steadyRound(stage, { group: groups[side], pid: pids[side], tell: tell[side], everyMs, ms })
  await one('ours', roundMs)
  for (let round = 0; round < rounds; round++) {
    for (const side of SIDES) told[side].push(await one(side, 2 * roundMs))
    told.apiMb.push(memoryOf(api.pid).nowMb)
  }
  const until = performance.now() + (minutes * 60_000) / AUDIENCES.length
  while (performance.now() < until) {
    await one('ours', 10_000)
    told.apiMb.push(memoryOf(api.pid).nowMb)
    if (process.env.BENCH_VERBOSE) console.error(audience, told.apiMb.at(-1))
  }
  for (const side of SIDES) await readers.ask({ type: 'close', group: groups[side] })
  return told
}

interface RoundOrder {
  group: string
  pid: number
  tell: () => Promise<{ batchId: number; closedMs: number }>
  everyMs: number
  ms: number
}

/** Batches at a steady rate until the time is over; then until every reader had every one. */
async function steadyRound({ shape, readers }: Stage, o: RoundOrder): Promise<SteadyRound> {
  const take = () => readers.ask<ReadStats>({ type: 'take', group: o.group })
  await take()
  const cpuBefore = cpuMsOf(o.pid)
  const startedAt = performance.now()
  const closedAt = new Map<number, number>()
  for (let n = 1; performance.now() - startedAt < o.ms; n++) {
    const { batchId, closedMs } = await o.tell()
    closedAt.set(batchId, closedMs)
    const restMs = startedAt + n * o.everyMs - performance.now()
    if (restMs > 0) await pause(restMs)
  }
  const ms = performance.now() - startedAt
  const delaysMs: number[] = []
  let bytes = 0
  while (delaysMs.length < closedAt.size * shape.readers) {
    if (performance.now() - startedAt > ms + ARRIVES_WITHIN_MS) {
      const missing = closedAt.size * shape.readers - delaysMs.length
      throw new Error(`${missing} events have not arrived at ${o.group}`)
    }
    const stats = await take()
    if (stats.ended > 0) throw new Error(`${stats.ended} readers of ${o.group} were cut`)
    bytes += stats.bytes
    for (const [id, times] of stats.arrivals) {
      const closedMs = closedAt.get(id)
      if (closedMs !== undefined) delaysMs.push(...times.map((time) => time - closedMs))
    }
    await pause(20)
  }
  return { delaysMs, bytes, ms, cpuMs: cpuMsOf(o.pid) - cpuBefore }
}
