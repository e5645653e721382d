// `onetape status`: what the tape holds, who feeds it, and how far behind it is.
import {
  lastBatchId,
  readBatchesAfter,
  readHeartbeats,
  readServerVersion,
  readSync,
  readTapeCounts,
  readTiers,
} from '@onetape/db'
import { isoFromMicros, type Micros, SECOND_US, sessionAt, type Venue } from '@onetape/market'
import type { Command } from 'commander'
import { wallClock } from '../clock/wall-clock.ts'
import type { HeartbeatDetail } from '../heartbeat.ts'
import type { StreamNote } from '../stream/source-stream.ts'
import { cadenceTable, readReport } from './cadence.ts'
import { type Console, count, json, table } from './console.ts'
import { envOf, type ModeOption, type OpenTape, openTape } from './open-tape.ts'

/** A daemon beats every two seconds; one that was silent for longer is gone. */
const ALIVE_US = 15 * SECOND_US
/** What the tiers came to lately. */
const CADENCE_HOURS = 2
const VENUES = ['XNYS', 'CRYPTO', 'FX'] as const satisfies readonly Venue[]

export function addStatus(program: Command, to: Console): void {
  program
    .command('status')
    .description('What the tape holds, who feeds it, and how far behind it is.')
    .option('--live', 'of the live database')
    .option('--json', 'report as JSON on stdout')
    .action(async (options: ModeOption & { json?: boolean }) => {
      await using open = await openTape(envOf(options))
      const status = await readStatus(open)
      to.out(options.json ? json(status) : describe(status))
    })
}

type Status = Awaited<ReturnType<typeof readStatus>>

async function readStatus({ tape, marketClock }: OpenTape) {
  const { db } = tape
  const [version, counts, tiers, sync, beats, batchId] = await Promise.all([
    readServerVersion(db),
    readTapeCounts(db),
    readTiers(db),
    readSync(db),
    readHeartbeats(db),
    lastBatchId(db),
  ])
  const { tiers: cadence } = await readReport({ tape, marketClock }, CADENCE_HOURS)
  const [newest] = await readBatchesAfter(db, { afterId: batchId - 1, limit: 1 })
  const now = marketClock.now()
  const beat = beats[0]
  const ageS = beat ? seconds(wallClock.now() - beat.beatAt) : null
  const detail = (beat?.detail ?? null) as HeartbeatDetail | null
  const alive = beats.filter((b) => wallClock.now() - b.beatAt < ALIVE_US)
  return {
    mode: tape.mode,
    environmentId: tape.environmentId,
    database: { version },
    market: {
      now: isoFromMicros(now),
      shiftSeconds: seconds(tape.shiftUs),
      venues: VENUES.map((venue) => venueState(venue, now)),
    },
    tape: {
      ...counts,
      batchId,
      lastBatchAt: newest ? isoFromMicros(newest.fetchedAt) : null,
      lagSeconds: newest ? seconds(now - newest.fetchedAt) : null,
    },
    tiers: tiers.map((tier) => {
      const last = sync.find((s) => s.scope === `tier:${tier.name}`)
      return {
        ...tier,
        status: last?.status ?? null,
        lastSync: isoOrNull(last?.lastSync),
        nextSync: isoOrNull(last?.nextSync),
        secondsBehind: last?.secondsBehind ?? null,
      }
    }),
    cadence,
    daemons: alive.map((b) => ({
      instanceId: b.instanceId,
      pid: b.pid,
      startedAt: isoFromMicros(b.startedAt),
      beatAgeSeconds: seconds(wallClock.now() - b.beatAt),
      holds: (b.detail as HeartbeatDetail | null)?.holds ?? null,
    })),
    daemon: {
      alive: alive.length > 0,
      pid: beat?.pid ?? null,
      startedAt: isoOrNull(beat?.startedAt),
      beatAgeSeconds: ageS,
      busyWith: detail?.busyWith ?? null,
    },
    sources: detail?.sources ?? [],
    streams: streamsOf(alive),
  }
}

function venueState(venue: Venue, now: Micros) {
  const moment = sessionAt(venue, now)
  const next = moment.nextChange && {
    at: isoFromMicros(moment.nextChange.at),
    state: moment.nextChange.state,
  }
  return { venue, state: moment.state, sessionDate: moment.session?.date ?? null, nextChange: next }
}

/** Several daemons may run: each source is streamed by one of them. The last to have beaten come first. */
function streamsOf(beats: readonly { detail: unknown }[]): StreamNote[] {
  const notes = beats.flatMap(({ detail }) => (detail as HeartbeatDetail | null)?.streams ?? [])
  return notes.filter(({ source }, i) => notes.findIndex((note) => note.source === source) === i)
}

const seconds = (us: number): number => Math.round(us / SECOND_US)
const isoOrNull = (at: Micros | null | undefined): string | null => (at == null ? null : isoFromMicros(at))
const clock = (iso: string | null): string => (iso ? `${iso.slice(0, 19).replace('T', ' ')} UTC` : 'never')

/** Who does what, where several daemons share the work. */
function daemonsOf({ daemons }: Status): string {
  if (daemons.length < 2) return ''
  const rows = daemons.map(({ pid, holds }) => [
    String(pid),
    holds?.lanes.join(' ') ?? '',
    holds?.leases.join(' ') ?? '',
  ])
  return `\n${table([['daemon', 'sweeps', 'does'], ...rows])}`
}

function describe(s: Status): string {
  const venue = (name: Venue) => {
    const { state, nextChange } = s.market.venues.find((v) => v.venue === name)!
    return `${state}${nextChange ? `, ${nextChange.state} at ${clock(nextChange.at)}` : ''}`
  }
  const shift = s.market.shiftSeconds > 0 ? `, ${count(s.market.shiftSeconds)} s ahead of the wall clock` : ''
  const daemon = s.daemon.alive
    ? `running (pid ${s.daemon.pid})${s.daemon.busyWith ? `, busy with ${s.daemon.busyWith}` : ''}`
    : s.daemon.beatAgeSeconds === null
      ? 'has never run on this tape'
      : `not running, last seen ${count(s.daemon.beatAgeSeconds)} s ago`
  const tape = s.tape
  const head = table([
    ['mode', s.mode.toUpperCase()],
    ['database', `PostgreSQL ${s.database.version}, ${count(Math.round(tape.bytes / 1e6))} MB`],
    ['market time', `${clock(s.market.now)}${shift}`],
    ['New York', venue('XNYS')],
    ['forex', venue('FX')],
    [
      'tape',
      `${count(tape.instruments)} instruments, about ${count(tape.ticks)} ticks, ${count(tape.bars)} bars, ${count(tape.days)} days`,
    ],
    [
      'last batch',
      tape.lagSeconds === null ? 'none yet' : `${tape.batchId}, ${count(tape.lagSeconds)} s ago`,
    ],
    ['daemon', daemon],
  ])
  const tiers = table([
    ['tier', 'members', 'every s', 'last sync', 'status'],
    ...s.tiers.map((t) => [t.name, t.members, t.frequencyS, clock(t.lastSync), t.status ?? '']),
  ])
  const sources =
    s.sources.length > 0 ? `\n${table(s.sources.map((v) => [v.name, v.status, v.message ?? '']))}` : ''
  const streams =
    s.streams.length > 0
      ? `\n${table([
          ['stream', 'state', 'symbols', 'prices', 'passed over', 'dropped', 'seams healed', ''],
          ...s.streams.map((v) => [
            v.source,
            v.state,
            v.symbols,
            count(v.received),
            count(v.conflated),
            count(v.dropped),
            `${v.seams.healed} of ${v.seams.healed + v.seams.unhealed + v.seams.open}`,
            v.message ?? '',
          ]),
        ])}`
      : ''
  const cadence =
    s.cadence.length > 0
      ? `\nThe last ${CADENCE_HOURS} hours of market time:\n${cadenceTable(s.cadence)}`
      : ''
  return `${head}\n${tiers}${cadence}${daemonsOf(s)}${sources}${streams}`
}
