// `pnpm bench fanout [--minutes N]`: what it costs to tell hundreds of readers, beside writing ready-made bytes.
//
// At full speed: batches go through the API's hub, streams and route as fast as 200 readers take them, in turn with a
// bare node server that writes the same events, made before, in the same process. At 2,000 changes a second: a real
// Postgres, `writeBatch`, and the API as a process; delay is from the commit to the reader. All readers are one process.
import { fileURLToPath } from 'node:url'
import { type BenchCase, type BenchReport, machine } from '../report.ts'
import { BenchChild } from '../sweep/bench-child.ts'
import type { FanShape } from './fan-shape.ts'
import { AUDIENCES, type FanoutOptions, profile } from './fan-stage.ts'
import { fullSpeed } from './full-speed.ts'
import { steady } from './steady.ts'

const SHAPE: FanShape = { instruments: 8_000, readers: 200, own: 100, changes: 500 }
const script = (name: string) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))

export async function run(o: FanoutOptions = {}): Promise<BenchReport> {
  const shape = { ...SHAPE, ...o.shape }
  const { rounds = 7, roundMs = 1_500 } = o
  await using broadcaster = await BenchChild.start(script('broadcaster'), {
    env: { FAN_SHAPE: JSON.stringify(shape) },
    execArgv: profile(),
  })
  await using readers = await BenchChild.start(script('readers'))
  const stage = { shape, broadcaster, readers }
  const cases: BenchCase[] = []
  for (const audience of AUDIENCES) cases.push(await fullSpeed(stage, { audience, rounds, roundMs }))
  cases.push(...(await steady(stage, o)))
  return { name: 'fanout', machine: machine(), cases }
}
