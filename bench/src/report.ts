// What a benchmark says: figures taken side by side in one run, each beside its control and its aim.
import { cpus } from 'node:os'

/** What may be asked of a benchmark on the command line. */
export interface BenchOptions {
  /** How long the part that looks for growth over time takes. */
  minutes?: number
}

export interface BenchCase {
  case: string
  value: number
  unit: string
  /** The same work done the plain way in the same run, in the same unit; null where the aim is a bare figure. */
  control: number | null
  ratio: number | null
  /** Half of the distance between the quartiles over the median, of the ratios or values. */
  spread: number | null
  aim: string
  holds: boolean
}

export interface BenchReport {
  name: string
  machine: string
  cases: BenchCase[]
}

export const machine = (): string =>
  `${cpus().length} x ${cpus()[0]?.model ?? 'cpu'}, node ${process.version}`

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const spreadOf = (values: readonly number[]): number =>
  (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median(values)

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
  return low + (high - low) * (at - Math.floor(at))
}

export function tableOf(report: BenchReport): string {
  const number = (n: number | null) => (n === null ? '-' : Number(n.toPrecision(4)).toString())
  const lines = report.cases.map((c) =>
    [
      c.holds ? 'ok  ' : 'MISS',
      c.case.padEnd(64),
      `${number(c.value)} ${c.unit}`.padStart(18),
      number(c.control).padStart(10),
      number(c.ratio).padStart(8),
      number(c.spread).padStart(7),
      ` ${c.aim}`,
    ].join(' '),
  )
  const head = `     ${'case'.padEnd(64)} ${'value'.padStart(18)} ${'control'.padStart(10)} ${'ratio'.padStart(8)} ${'spread'.padStart(7)}  aim`
  return [`${report.name} on ${report.machine}`, head, ...lines].join('\n')
}
