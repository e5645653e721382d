// The processes of a run and who is told what, for both parts of the benchmark.
import type { BenchOptions } from '../report.ts'
import type { BenchChild } from '../sweep/bench-child.ts'
import type { Audience, RunOrder } from './broadcaster.ts'
import { type FanShape, keyOf, ownInstruments } from './fan-shape.ts'

export interface FanoutOptions extends BenchOptions {
  shape?: Partial<FanShape>
  rounds?: number
  roundMs?: number
  /** Milliseconds from one batch to the next in the steady part. */
  everyMs?: number
}

export const AUDIENCES: readonly Audience[] = ['all', 'own']
export const SIDES = ['ours', 'bare'] as const
export const CASE: Record<Audience, string> = { all: 'everything', own: '100 symbols of their own' }

export interface Stage {
  shape: FanShape
  broadcaster: BenchChild
  readers: BenchChild
}
export type Side = RunOrder['side']

const livePath = (prefix: string, keys?: string[]) =>
  `${prefix}/quotes.live?input=${encodeURIComponent(JSON.stringify(keys ? { keys } : {}))}`

export function paths(
  shape: FanShape,
  { side, audience, prefix }: { side: Side; audience: Audience; prefix: string },
) {
  return ownInstruments(shape).map((own, i) => {
    if (side === 'bare') return audience === 'all' ? '/all' : `/own/${i}`
    return audience === 'all' ? livePath(prefix) : livePath(prefix, own.map(keyOf))
  })
}

export const profile = (): string[] =>
  process.env.BENCH_PROFILE_DIR ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE_DIR}`] : []
