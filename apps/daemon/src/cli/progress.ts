// How far a long command has come: a bar with the time left on a terminal, a line now and then in a log.
import { Presets, SingleBar } from 'cli-progress'
import { type Console, count } from './console.ts'

export interface Progress {
  update(done: number, total: number, label: string): void
  stop(): void
}

const LINE_EVERY_MS = 5_000
const LABEL_MAX = 40

export function openProgress(
  to: Console,
  unit: string,
  now: () => number = () => performance.now(),
): Progress {
  return to.terminal ? bar(unit) : lines(to, unit, now)
}

function bar(unit: string): Progress {
  const format = `{bar} {percentage}% {value}/{total} ${unit}, {eta_formatted} left  {label}`
  const shown = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: false, etaBuffer: 50 },
    Presets.shades_classic,
  )
  let started = false
  return {
    update(done, total, label) {
      if (!started) shown.start(total, done, { label: '' })
      started = true
      shown.setTotal(total)
      shown.update(done, { label: label.slice(0, LABEL_MAX) })
    },
    stop: () => shown.stop(),
  }
}

/** Says something at each tenth, and every few seconds. */
function lines(to: Console, unit: string, now: () => number): Progress {
  const started = now()
  let first: number | null = null
  let saidAt = started
  let saidTenth = 0
  return {
    update(done, total, label) {
      if (total <= 1) return
      first ??= Math.max(0, done - 1)
      const tenth = total > 0 ? Math.floor((done * 10) / total) : 10
      if (tenth <= saidTenth && now() - saidAt < LINE_EVERY_MS) return
      saidTenth = Math.max(saidTenth, tenth)
      saidAt = now()
      const perUnitMs = (saidAt - started) / Math.max(1, done - first)
      const leftS = Math.round((perUnitMs * (total - done)) / 1000)
      to.err(`${count(done)}/${count(total)} ${unit}, ${leftS} s left  ${label}\n`)
    },
    stop: () => {},
  }
}
