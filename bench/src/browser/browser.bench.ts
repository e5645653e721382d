// `pnpm bench browser [--minutes 10]`: the Market page with 8,000 instruments of which 2,000 a second change, scrolled
// by script all the time, beside a bare virtual list fed the same values. Both built for production, in one Chromium,
// in turns.
import { type BenchCase, type BenchOptions, type BenchReport, machine, median, spreadOf } from '../report.ts'
import type { Pace } from './feeder.ts'
import { buildPages } from './pages.ts'
import { openStage, type Side, type SideRound, type Stage } from './stage.ts'

const INSTRUMENTS = 8_000
const ROUNDS = 7
const ROUND_MS = 10_000
/** Until engines have compiled what is used often and the page knows that no other tab listens. */
const WARM_UP_MS = 12_000
const HEAP_EVERY_MS = 15_000
const HEAP_MINUTES = 2

const STEADY: Pace = { rows: 100, everyMs: 50 }
/** As many in the mean, the whole market at once: what a sweep in bulk looks like. */
const SWEEPS: Pace = { rows: INSTRUMENTS, everyMs: 4_000 }

const RATIO_MAX = 1.5
/** Below a hundredth of the time nothing can be told apart. */
const LONG_FLOOR_MS = 10
/**
 * Long tasks and frames are told by the clock. Where not even the bare list is drawn so often, the machine is busy with
 * others: a task is long because it had to wait, and processor time is the figure to go by.
 */
const STARVED_BELOW_FPS = 50
/** Growth that would be a leak, if it went on for an hour. */
const GROWTH_MAX_MB_PER_MINUTE = 0.05

export async function run({ minutes = HEAP_MINUTES }: BenchOptions = {}): Promise<BenchReport> {
  await using pages = await buildPages()
  await using stage = await openStage(pages, INSTRUMENTS)
  for (const side of [stage.dashboard, stage.control]) await side.round(STEADY, WARM_UP_MS)
  const steady = await inTurns(stage, STEADY)
  const sweeps = await inTurns(stage, SWEEPS)
  return {
    name: 'browser',
    machine: machine(),
    cases: [
      busyCase('2,000 changes a second', steady),
      longCase('2,000 changes a second', steady),
      renderingCase('2,000 changes a second', steady),
      framesCase('2,000 changes a second', steady),
      busyCase('a sweep of 8,000 every 4 s', sweeps),
      longCase('a sweep of 8,000 every 4 s', sweeps),
      await heapCase(stage.dashboard, minutes),
    ],
  }
}

interface Turns {
  dashboard: SideRound[]
  control: SideRound[]
}

async function inTurns(stage: Stage, pace: Pace): Promise<Turns> {
  const turns: Turns = { dashboard: [], control: [] }
  for (let turn = 0; turn < ROUNDS; turn++) {
    const names = turn % 2 === 0 ? (['dashboard', 'control'] as const) : (['control', 'dashboard'] as const)
    for (const name of names) turns[name].push(await stage[name].round(pace, ROUND_MS))
  }
  return turns
}

const of = (turns: Turns, read: (round: SideRound) => number) => {
  const values = turns.dashboard.map(read)
  const controls = turns.control.map(read)
  return { value: median(values), control: median(controls), ratios: values.map((v, i) => v / controls[i]!) }
}

/** Processor time of the main thread: what the page costs, whatever else the machine does. */
function busyCase(when: string, turns: Turns): BenchCase {
  const { value, control, ratios } = of(turns, (round) => round.busyMs)
  return {
    case: `${when}: main thread busy, beside a bare list`,
    value,
    unit: 'ms/s',
    control,
    ratio: median(ratios),
    spread: spreadOf(ratios),
    aim: `<= ${RATIO_MAX}`,
    holds: busyRatio(turns) <= RATIO_MAX,
  }
}

function renderingCase(when: string, turns: Turns): BenchCase {
  const { value, control, ratios } = of(turns, (round) => round.renderingMs)
  return {
    case: `${when}: all threads that draw the page`,
    value,
    unit: 'ms/s',
    control,
    ratio: median(ratios),
    spread: spreadOf(ratios),
    aim: `<= ${RATIO_MAX}`,
    holds: median(ratios) <= RATIO_MAX,
  }
}

const busyRatio = (turns: Turns): number => median(of(turns, (round) => round.busyMs).ratios)

const isStarved = (turns: Turns): boolean =>
  median(turns.control.map((round) => round.frames)) < STARVED_BELOW_FPS

const starvedNote = (turns: Turns): string =>
  isStarved(turns) ? '; the machine was busy, so processor time decides' : ''

function longCase(when: string, turns: Turns): BenchCase {
  const { value, control } = of(turns, (round) => round.longMs)
  return {
    case: `${when}: in tasks of 50 ms or more`,
    value,
    unit: 'ms/s',
    control,
    ratio: control > LONG_FLOOR_MS ? value / control : null,
    spread: null,
    aim: `<= ${RATIO_MAX}, or below ${LONG_FLOOR_MS} ms/s${starvedNote(turns)}`,
    holds: isStarved(turns)
      ? busyRatio(turns) <= RATIO_MAX
      : value <= Math.max(LONG_FLOOR_MS, RATIO_MAX * control),
  }
}

function framesCase(when: string, turns: Turns): BenchCase {
  const { value, control, ratios } = of(turns, (round) => round.frames)
  return {
    case: `${when}: frames`,
    value,
    unit: '1/s',
    control,
    ratio: median(ratios),
    spread: spreadOf(ratios),
    aim: `>= 1/${RATIO_MAX}${starvedNote(turns)}`,
    holds: isStarved(turns) ? busyRatio(turns) <= RATIO_MAX : median(ratios) >= 1 / RATIO_MAX,
  }
}

async function heapCase(side: Side, minutes: number): Promise<BenchCase> {
  const samples: { minute: number; mb: number }[] = []
  const startedAt = performance.now()
  const minute = () => (performance.now() - startedAt) / 60_000
  do {
    const { heapBytes } = await side.round(STEADY, HEAP_EVERY_MS)
    samples.push({ minute: minute(), mb: heapBytes / 1e6 })
  } while (minute() < minutes)
  const growth = slope(samples)
  return {
    case: `heap after collection, scrolling for ${minutes} min: ${range(samples.map((s) => s.mb))}; its growth`,
    value: growth,
    unit: 'MB/min',
    control: null,
    ratio: null,
    spread: null,
    aim: `<= ${GROWTH_MAX_MB_PER_MINUTE}`,
    holds: growth <= GROWTH_MAX_MB_PER_MINUTE,
  }
}

const range = (values: number[]): string =>
  `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)} MB`

/** The median of the slopes between all pairs: no single sample bends it. */
function slope(samples: readonly { minute: number; mb: number }[]): number {
  const slopes = samples.flatMap((a, i) =>
    samples.slice(i + 1).map((b) => (b.mb - a.mb) / (b.minute - a.minute)),
  )
  return slopes.length === 0 ? 0 : median(slopes)
}
