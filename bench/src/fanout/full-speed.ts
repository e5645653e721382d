// Batches as fast as the readers take them: the API's hub, streams and route, in turn with the bare server.
import { type BenchCase, median, spreadOf } from '../report.ts'
import type { Audience, RunOrder, RunResult } from './broadcaster.ts'
import { CASE, paths, SIDES, type Side, type Stage } from './fan-stage.ts'
import type { OpenOrder, ReadStats } from './readers.ts'

const RATIO_MIN = 0.5

export async function fullSpeed(
  { shape, broadcaster, readers }: Stage,
  o: { audience: Audience; rounds: number; roundMs: number },
): Promise<BenchCase> {
  const { audience, rounds, roundMs } = o
  const { port, barePort, ackPort } = broadcaster.ready as Record<string, number>
  for (const side of SIDES) {
    const order: OpenOrder = {
      group: `${side}-${audience}`,
      port: side === 'ours' ? port! : barePort!,
      paths: paths(shape, { side, audience, prefix: `/${audience}` }),
      ackPort: ackPort!,
    }
    await readers.ask({ type: 'open', ...order })
    await fullSpeedRound({ broadcaster, readers }, { side, audience, ms: 2 * roundMs }) // warm
  }
  const speeds: Record<Side, number[]> = { ours: [], bare: [] }
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? SIDES : SIDES.toReversed()) {
      speeds[side].push(await fullSpeedRound({ broadcaster, readers }, { side, audience, ms: roundMs }))
    }
  }
  for (const side of SIDES) await readers.ask({ type: 'close', group: `${side}-${audience}` })
  const ratios = speeds.ours.map((speed, i) => speed / speeds.bare[i]!)
  return {
    case: `${shape.readers} readers of ${CASE[audience]}, as fast as they take it`,
    value: median(speeds.ours),
    unit: 'MB/s',
    control: median(speeds.bare),
    ratio: median(ratios),
    spread: spreadOf(ratios),
    aim: `>= ${RATIO_MIN} of ready-made bytes`,
    holds: median(ratios) >= RATIO_MIN,
  }
}

/** Megabytes a second in the readers' hands. */
async function fullSpeedRound(
  { broadcaster, readers }: Omit<Stage, 'shape'>,
  order: RunOrder,
): Promise<number> {
  const group = `${order.side}-${order.audience}`
  await readers.ask({ type: 'take', group })
  const { ms, batches } = await broadcaster.ask<RunResult>({ type: 'run', ...order })
  const { bytes, ended } = await readers.ask<ReadStats>({ type: 'take', group })
  if (ended > 0) throw new Error(`${ended} readers of ${group} were cut`)
  if (batches === 0 || bytes === 0) throw new Error(`nothing was sent to ${group}`)
  return bytes / 1_000 / ms
}
