// What the daemon does on a timetable, beside the tiers' slots and the sessions' events. Data: the runner is elsewhere.
export interface Job {
  name: JobName
  /** Six fields, seconds first, wall clock, UTC. */
  cron: string
  /** Why it is there. */
  about: string
}

export type JobName =
  | 'due'
  | 'universe'
  | 'reference'
  | 'history'
  | 'minutes'
  | 'gaps'
  | 'repair'
  | 'actions'
  | 'streams'
  | 'health'
  | 'probes'
  | 'intents'
  | 'partitions'
  | 'packing'

export const JOBS: readonly Job[] = [
  {
    name: 'due',
    cron: '* * * * * *',
    about: 'asks which tiers and which session events are due on the market clock',
  },
  {
    name: 'universe',
    cron: '*/5 * * * * *',
    about: 'looks whether tiers and members changed: rows may be edited by hand, which nobody announces',
  },
  {
    name: 'reference',
    cron: '*/5 * * * * *',
    about: "loads the day's reference lists once a source can be asked",
  },
  { name: 'history', cron: '*/5 * * * * *', about: "fills a new tape's charts, once, after its first sweep" },
  {
    name: 'minutes',
    cron: '*/5 * * * * *',
    about: 'completes the minute bars of the fastest tiers once a minute is over',
  },
  {
    name: 'gaps',
    cron: '*/15 * * * * *',
    about: 'holds the slots that should have been served against the ledger, notes what is missing',
  },
  {
    name: 'repair',
    cron: '3-59/5 * * * * *',
    about: 'fills what is missing from history, oldest need first',
  },
  {
    name: 'actions',
    cron: '*/15 * * * * *',
    about: "collects the day's splits and dividends from every source that tells of them",
  },
  {
    name: 'streams',
    cron: '*/5 * * * * *',
    about: 'opens and closes streams as universe and sources change',
  },
  {
    name: 'health',
    cron: '*/5 * * * * *',
    about: 'shares what is known of the sources with the other processes',
  },
  {
    name: 'probes',
    cron: '*/10 * * * * *',
    about: 'asks sources that failed and that nobody needs whether they are back',
  },
  {
    name: 'intents',
    cron: '*/5 * * * * *',
    about: 'closes batches whose writer died between their parts',
  },
  {
    name: 'partitions',
    cron: '0 10 * * * *',
    about: 'makes partitions ahead, a day in demo may be an hour away; forgets old calls and slots',
  },
  {
    name: 'packing',
    cron: '30 */10 * * * *',
    about: 'sorts and shrinks partitions that nothing is expected for any more',
  },
]
