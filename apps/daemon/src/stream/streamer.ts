/**
 * Ingests from streams beside the sweeps, which go on as the safety net: who streams what is looked at again every few
 * seconds, what came is written in micro-batches, one writing at a time. A source that refuses its stream for good is
 * left alone for a while, and the next of the house order takes its symbols.
 */
import type { Instrument } from '@onetape/db'
import type { Clock, Micros } from '@onetape/market'
import type { Complaints } from '../complaints.ts'
import type { House } from '../ingest/ask-source.ts'
import type { Log } from '../log.ts'
import type { Leases } from '../schedule/leases.ts'
import { pickStreams } from './pick-streams.ts'
import { openSourceStream, type SourceStream, type StreamNote } from './source-stream.ts'
import { type WriteTakenDeps, writeTaken } from './write-taken.ts'

export interface StreamerDeps extends WriteTakenDeps {
  house: House
  wall: Clock
  market: Clock
  log: Log
  complaints: Complaints
  signal: AbortSignal
  /** One daemon of many streams a source. */
  leases: Pick<Leases, 'hold' | 'keepOnly'>
  /** Whose prices are streamed, the most urgent first. */
  instruments(): readonly Instrument[]
  flushMs?: number
}

export interface Streamer extends AsyncDisposable {
  /** Opens, changes and closes streams so that they carry what they should. */
  reconcile(): Promise<void>
  /** Writes what waits. */
  flush(): Promise<void>
  notes(): StreamNote[]
}

/** `stream:polygon` is the lease on the stream of that source. */
export const STREAM_LEASE = 'stream:'

const FLUSH_MS = 250
const leaseOf = (source: string): string => `${STREAM_LEASE}${source}`
/** People fix keys and plans; vendors end maintenance. */
const REFUSED_FOR_US = 900_000_000

export function createStreamer(deps: StreamerDeps): Streamer {
  const streams = new Map<string, SourceStream>()
  const outUntil = new Map<string, { until: Micros; note: StreamNote }>()
  let flushing: Promise<void> | null = null

  const writeAll = async () => {
    for (const stream of streams.values()) {
      const taken = stream.batch.take()
      if (!taken) continue
      const written = await deps.complaints.guard(`writing the stream of ${stream.source.name}`, () =>
        writeTaken(deps, stream.source, taken),
      )
      if (written) stream.wrote(written)
      else stream.batch.giveBack(taken)
    }
  }
  const flush = (): Promise<void> => {
    flushing ??= writeAll().finally(() => {
      flushing = null
    })
    return flushing
  }
  const retire = async (name: string, stream: SourceStream) => {
    streams.delete(name)
    if (stream.isOver()) outUntil.set(name, { until: deps.wall.now() + REFUSED_FOR_US, note: stream.note() })
    await stream.close()
  }
  /** Those of the picked streams that are ours to open: another daemon's instruments are not moved to another source. */
  const ours = async (picked: ReadonlyMap<string, Instrument[]>): Promise<Map<string, Instrument[]>> => {
    const { leases } = deps
    await leases.keepOnly(STREAM_LEASE, [...picked.keys()].map(leaseOf))
    const mine = new Map<string, Instrument[]>()
    for (const [name, instruments] of picked)
      if (await leases.hold(leaseOf(name))) mine.set(name, instruments)
    return mine
  }
  const timer = setInterval(() => {
    void flush()
    for (const stream of streams.values()) void stream.healer.run()
  }, deps.flushMs ?? FLUSH_MS)
  timer.unref()

  return {
    flush,
    async reconcile() {
      if (deps.signal.aborted) return
      for (const [name, stream] of [...streams]) if (stream.isOver()) await retire(name, stream)
      const now = deps.wall.now()
      for (const [name, { until }] of [...outUntil]) if (until <= now) outUntil.delete(name)
      const picked = await ours(
        pickStreams({
          instruments: deps.instruments(),
          sources: deps.house.sources,
          isOut: (name) => outUntil.has(name),
        }),
      )
      if (deps.signal.aborted) return
      for (const [name, stream] of [...streams]) if (!picked.has(name)) await retire(name, stream)
      for (const [name, instruments] of picked) {
        const stream = streams.get(name)
        if (stream) stream.setInstruments(instruments)
        else streams.set(name, openSourceStream(deps, deps.house.sources.get(name)!, instruments))
      }
    },
    notes: () => [
      ...[...streams.values()].map((stream) => stream.note()),
      ...[...outUntil.values()].map(({ note }) => note),
    ],
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await Promise.all([...streams.values()].map((stream) => stream.close()))
      // What came until now is worth a last writing.
      await flush()
      await flush()
    },
  }
}
