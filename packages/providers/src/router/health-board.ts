// Health of all sources in memory, shared with the other processes through HealthPort. Asking it costs nothing; what
// changes is written, not every call: a change of state at once, counts and latencies every few seconds.
import type { AssetClass, Clock, DataKind } from '@onetape/market'
import { ERROR_KINDS, type ProviderError } from '../errors.ts'
import {
  afterFailure,
  afterNothing,
  afterProbeTaken,
  afterSuccess,
  BREAKER_POLICY,
  type BreakerPolicy,
  freshHealth,
  type Readiness,
  readinessOf,
} from './breaker.ts'
import { HealthRecord } from './health-record.ts'
import type { HealthPort, RoutedSource, SourceHealth, StoredHealth } from './ports.ts'

export interface HealthBoardOptions {
  port: HealthPort
  wallClock: Clock
  policy?: BreakerPolicy
  /** A probe that never reports is offered again after this. */
  probeLeaseMs?: number
  /** Counts and latencies are written at most this often per source. */
  flushMs?: number
  /** Hears that the port failed; the board goes on from memory and writes later. */
  onProblem?: (error: unknown) => void
}

export type HealthListener = (health: SourceHealth, before: SourceHealth['state']) => void

/**
 * `source` is a name from `healthKeyOf`. `scope` (`charts/equity`) narrows `not_entitled` to what was refused: a plan
 * without options still has quotes; without a scope the whole source pauses.
 */
export interface HealthBoard {
  /** Takes over what other processes know, writes what they do not. For a timer, and when notified. */
  refresh(): Promise<void>
  /** A look: changes nothing. */
  ready(source: string, scope?: string): Readiness
  /** As `ready`, and takes the one probe where that is what is left. Who was admitted reports how it went. */
  admit(source: string, scope?: string): Readiness | Promise<Readiness>
  succeeded(source: string, latencyMs: number | null, scope?: string): void
  failed(source: string, error: ProviderError, scope?: string): void
  /** The admitted call was not made, or proved nothing (the caller went away). */
  abandoned(source: string, scope?: string): void
  /** A person changed the credentials: what was known is void. */
  reset(source: string): void
  states(): readonly SourceHealth[]
  /** Once per change of state, also of those that other processes made. Returns the way to stop. */
  onChange(listener: HealthListener): () => void
  /** Writes what is still unwritten; for shutdown. */
  flush(): Promise<void>
}

/** Names a source's breaker: the house's by its name, a user's with its credential, for names repeat over users. */
export const healthKeyOf = (source: Pick<RoutedSource, 'name' | 'owner' | 'credentialId'>): string =>
  source.owner === 'house' ? source.name : `${source.name}@${source.credentialId}`

/** After another process took the probe, it is not asked for again here for this long. */
const PROBE_REFUSED_US = 1_000_000

/** What a `not_entitled` of this call would close. */
export const healthScopeOf = (kind: DataKind, assetClass: AssetClass): string => `${kind}/${assetClass}`

/** A kind that another version of us wrote and this one does not know is none. */
const fromStore = (stored: StoredHealth): SourceHealth => ({
  ...stored,
  lastErrorKind: ERROR_KINDS.find((kind) => kind === stored.lastErrorKind) ?? null,
})

export function createHealthBoard(options: HealthBoardOptions): HealthBoard {
  const {
    port,
    wallClock,
    policy = BREAKER_POLICY,
    probeLeaseMs = 10_000,
    flushMs = 5_000,
    onProblem,
  } = options
  const records = new Map<string, HealthRecord>()
  const listeners = new Set<HealthListener>()
  const now = () => wallClock.now()

  const recordOf = (key: string): HealthRecord => {
    const known = records.get(key)
    if (known) return known
    const record = new HealthRecord(freshHealth(key), { port, flushUs: flushMs * 1000, onProblem })
    records.set(key, record)
    return record
  }
  const moving = (record: HealthRecord, move: () => void) => {
    const before = record.health.state
    move()
    if (record.health.state === before) return
    for (const listener of [...listeners]) listener(record.health, before)
  }
  const report = (key: string, next: (health: SourceHealth) => SourceHealth) => {
    const record = recordOf(key)
    moving(record, () => record.change(next(record.health), now()))
    if (record.health.state !== 'half_open') record.probeHeldUntil = 0
  }
  /** The breakers that a call passes: the source's own and, where something was refused before, that of its scope. */
  const gatesOf = (source: string, scope: string | undefined): string[] => {
    const narrow = scope === undefined ? null : `${source}/${scope}`
    return narrow !== null && records.has(narrow) ? [source, narrow] : [source]
  }
  const lookAt = (key: string): Readiness => {
    const record = records.get(key)
    const look = readinessOf(record?.health, now())
    if (!record || !look.ready || !look.probe || now() >= record.probeHeldUntil) return look
    return { ready: false, retryAt: record.probeHeldUntil, message: 'another call is trying it just now' }
  }
  const ready = (source: string, scope?: string): Readiness => {
    const own = lookAt(source)
    if (scope === undefined || !own.ready) return own
    const narrow = lookAt(`${source}/${scope}`)
    return narrow.ready && !narrow.probe ? own : narrow
  }
  const takeProbe = async (key: string): Promise<Readiness> => {
    const record = recordOf(key)
    record.probeHeldUntil = now() + probeLeaseMs * 1000
    const taken = await port.claimProbe(key, probeLeaseMs).catch((error) => {
      onProblem?.(error)
      return false
    })
    if (taken) {
      moving(record, () => record.change(afterProbeTaken(record.health), now()))
      return { ready: true, probe: true }
    }
    record.probeHeldUntil = now() + PROBE_REFUSED_US
    return lookAt(key)
  }
  const takeProbes = async (gates: readonly string[]): Promise<Readiness> => {
    for (const [index, gate] of gates.entries()) {
      const look = lookAt(gate)
      const taken = look.ready && look.probe ? await takeProbe(gate) : look
      if (taken.ready) continue
      for (const passed of gates.slice(0, index)) report(passed, afterNothing)
      return taken
    }
    return { ready: true, probe: true }
  }
  const writeAll = async () => {
    await Promise.all([...records.values()].map((record) => record.write()))
  }

  return {
    ready,
    admit(source, scope) {
      const look = ready(source, scope)
      return look.ready && look.probe ? takeProbes(gatesOf(source, scope)) : look
    },
    succeeded(source, latencyMs, scope) {
      for (const gate of gatesOf(source, scope))
        report(gate, (health) => afterSuccess(health, now(), latencyMs))
    },
    failed(source, error, scope) {
      const narrow = error.kind === 'not_entitled' && scope !== undefined
      const target = narrow ? `${source}/${scope}` : source
      for (const gate of gatesOf(source, scope)) {
        // A plan that refuses is a vendor that answers; a vendor that fails says nothing about the plan.
        if (gate !== target) report(gate, (h) => (narrow ? afterSuccess(h, now(), null) : afterNothing(h)))
      }
      report(target, (health) => afterFailure(health, error, { now: now(), policy }))
    },
    abandoned(source, scope) {
      for (const gate of gatesOf(source, scope)) report(gate, afterNothing)
    },
    reset(source) {
      const keys = [...records.keys()].filter((key) => key === source || key.startsWith(`${source}/`))
      for (const key of keys) report(key, ({ latencyMs }) => ({ ...freshHealth(key), latencyMs }))
    },
    states: () => [...records.values()].map((record) => record.health),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async refresh() {
      const marks = new Map([...records].map(([key, record]) => [key, record.version]))
      for (const stored of await port.read()) {
        const health = fromStore(stored)
        const record = recordOf(health.source)
        moving(record, () => record.adopt(health, marks.get(health.source) ?? 0))
      }
      await writeAll()
    },
    flush: writeAll,
  }
}
