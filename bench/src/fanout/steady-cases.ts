import { type BenchCase, median, quantile, spreadOf } from '../report.ts'
import type { FanShape } from './fan-shape.ts'
import { CASE } from './fan-stage.ts'
import type { Steady, SteadyRound } from './steady.ts'

const DELAY_MAX_MS = 1_000
const RSS_MAX_MB = 300
const GROWTH_MAX = 1.05

export function steadyCases(shape: FanShape, told: Steady, everyMs: number): BenchCase[] {
  const rate = Math.round((shape.changes * 1_000) / everyMs)
  const name = `${shape.readers} readers of ${CASE[told.audience]}, ${rate} changes/s`
  const beside = (of: (round: SteadyRound) => number) => {
    const [ours, bare] = [told.ours.map(of), told.bare.map(of)]
    const ratios = ours.map((value, i) => value / bare[i]!)
    return { value: median(ours), control: median(bare), ratio: median(ratios), spread: spreadOf(ratios) }
  }
  const delivered = beside(({ bytes, ms }) => bytes / 1_000 / ms)
  const delay = beside(({ delaysMs }) => quantile(delaysMs, 0.99))
  const cpu = beside(({ cpuMs, bytes }) => cpuMs / (bytes / 1e6))
  return [
    {
      case: `${name}: delivered`,
      unit: 'MB/s',
      ...delivered,
      aim: 'all of it',
      holds: delivered.ratio > 0.9,
    },
    {
      ...{ case: `${name}: p99 from commit to reader`, unit: 'ms', ...delay },
      ...{ aim: `<= ${DELAY_MAX_MS} ms`, holds: delay.value <= DELAY_MAX_MS },
    },
    {
      ...{ case: `${name}: processor time, reading the tape included`, unit: 'ms/MB', ...cpu },
      ...{ aim: 'printed', holds: true },
    },
  ]
}

export function memoryCases(
  shape: FanShape,
  o: { peakMb: number; told: readonly Steady[]; minutes?: number },
): BenchCase[] {
  const grown = o.told.map(({ audience, apiMb }) => {
    const third = Math.ceil(apiMb.length / 3)
    return { audience, early: median(apiMb.slice(third, 2 * third)), late: median(apiMb.slice(-third)) }
  })
  const span = o.minutes ? `${o.minutes} minutes` : 'a short run; --minutes 10 for the long one'
  const bare = { control: null, ratio: null, spread: null }
  return [
    {
      ...{
        case: `peak RSS of the API, ${shape.instruments} instruments, ${shape.readers} readers`,
        unit: 'MB',
      },
      ...{ ...bare, value: o.peakMb, aim: `< ${RSS_MAX_MB}`, holds: o.peakMb < RSS_MAX_MB },
    },
    ...grown.map(({ audience, early, late }) => ({
      ...{ case: `RSS with ${CASE[audience]}: last third beside the one before (${span})`, unit: 'MB' },
      ...{ value: late, control: early, ratio: late / early, spread: null },
      ...{ aim: `<= ${GROWTH_MAX}`, holds: late / early <= GROWTH_MAX },
    })),
  ]
}
