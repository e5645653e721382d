// Runs the timetable: one croner job each, never two runs of one job at a time, failures to the complaints.
import { Cron } from 'croner'
import type { Complaints } from '../complaints.ts'
import { JOBS, type JobName } from './jobs.ts'

export type JobHandlers = Readonly<Record<JobName, () => Promise<void>>>

export interface Timetable extends AsyncDisposable {
  /** Runs a job now, unless it is running: then waits for that. */
  run(name: JobName): Promise<void>
}

const SAID_AS: Record<JobName, string> = {
  due: 'the schedule',
  universe: 'reading the universe',
  reference: 'loading reference lists',
  history: 'filling history',
  minutes: 'completing minutes',
  gaps: 'looking for gaps',
  repair: 'filling gaps',
  actions: 'collecting corporate actions',
  streams: 'keeping streams',
  health: 'sharing the health of the sources',
  probes: 'probing sources',
  intents: 'closing batches of dead writers',
  partitions: 'making partitions',
  packing: 'packing partitions',
}

export function startTimetable(handlers: JobHandlers, complaints: Complaints): Timetable {
  const running = new Map<JobName, Promise<unknown>>()
  const run = async (name: JobName): Promise<void> => {
    const underWay = running.get(name)
    if (underWay) return void (await underWay)
    const work = complaints.guard(SAID_AS[name], handlers[name])
    running.set(name, work)
    await work
    running.delete(name)
  }
  const crons = JOBS.map(
    ({ name, cron }) => new Cron(cron, { timezone: 'UTC', unref: true }, () => run(name)),
  )
  return {
    run,
    async [Symbol.asyncDispose]() {
      for (const cron of crons) cron.stop()
      await Promise.all(running.values())
    },
  }
}
