// A user's own sources as the Sources page shows them.
import { type Db, readCalls } from '@onetape/db'
import { HOUR_US, type Micros } from '@onetape/market'
import { healthKeyOf, type ProbeFindings, type SourceHealth, tierOf, wordsOf } from '@onetape/providers'
import { ApiProblem } from '../errors.ts'
import type { CallReport, SourceHealthReport } from '../routed/reports.ts'
import type { OwnSource } from './own-source.ts'
import type { MineParts } from './parts.ts'
import type { MySource, MySourceState } from './reports.ts'
import type { UserView } from './user-view.ts'

const LAST_CALLS = 12
const WARN_BEFORE_US = 48 * HOUR_US

export async function mySources(parts: MineParts, userId: string): Promise<MySource[]> {
  const view = await parts.views.of(userId)
  if (view.own.length === 0) return []
  const calls = await callsOf(parts.db, userId, view.own)
  return view.own.map((own, i) => reportOf(parts, { own, view, lastCalls: calls[i]! }))
}

export async function mySource(parts: MineParts, userId: string, id: string): Promise<MySource> {
  const report = (await mySources(parts, userId)).find((source) => source.id === id)
  if (report) return report
  throw new ApiProblem('not_found', 'You have no such source; it may have been removed.')
}

/** One after the other: a person with many sources does not take all connections. */
async function callsOf(db: Db, userId: string, sources: readonly OwnSource[]): Promise<CallReport[][]> {
  const all: CallReport[][] = []
  for (const { record } of sources) {
    const calls = await readCalls(db, { source: record.name, limit: LAST_CALLS, userId })
    all.push(calls.map(callReport))
  }
  return all
}

export const callReport = (call: CallReport): CallReport => {
  const { at, what, outcome, status, latencyMs, priority, scope } = call
  return { at, what, outcome, status, latencyMs, priority, scope }
}

function reportOf(
  { vendors, health: board, wallClock }: MineParts,
  { own, view, lastCalls }: { own: OwnSource; view: UserView; lastCalls: CallReport[] },
): MySource {
  const { record } = own
  const vendor = vendors.find(record.provider)
  const key = healthKeyOf(own.routed)
  const health = board.states().find((h) => h.source === key) ?? null
  const outage = view.sources.find(({ name }) => name === record.name)?.message ?? null
  const now = wallClock.now()
  const { state, message } = stateOf(own, health)
  return {
    id: record.id,
    name: record.name,
    provider: record.provider,
    providerLabel: vendor?.definition.label ?? record.provider,
    label: record.label,
    isPrimary: record.isPrimary,
    tier: record.tier,
    tierLabel: vendor ? tierOf(vendor.definition.capabilities, record.tier).label : record.tier,
    state,
    message: message ?? outage,
    warning: state === 'expired' ? null : warningOf(record.expiresAt, now),
    hint: record.hint,
    expiresAt: record.expiresAt,
    findings: record.capabilities as ProbeFindings | null,
    probedAt: record.probedAt,
    how: vendor?.how ?? 'key',
    version: record.version,
    createdAt: record.createdAt,
    health: health && healthReport(health),
    lastCalls,
  }
}

/** What only the person can mend comes before what the vendor does. */
function stateOf(
  { routed, unreadable, record }: OwnSource,
  health: SourceHealth | null,
): { state: MySourceState; message: string | null } {
  if (unreadable) return { state: 'unreadable', message: routed.message }
  if (routed.state === 'paused') return { state: 'paused', message: routed.message }
  if (routed.state === 'expired') return { state: 'expired', message: routed.message }
  if (routed.state === 'not_connected') return { state: 'failing', message: routed.message }
  if (!health || health.state === 'closed' || health.lastErrorKind === null)
    return { state: 'connected', message: null }
  const { words, fix } = wordsOf({
    kind: health.lastErrorKind,
    provider: record.provider,
    message: health.lastErrorMessage ?? '',
  })
  return { state: 'failing', message: `${words} ${fix}` }
}

function warningOf(expiresAt: Micros | null, now: Micros): string | null {
  if (expiresAt === null || expiresAt - now > WARN_BEFORE_US || expiresAt <= now) return null
  const hours = Math.floor((expiresAt - now) / HOUR_US)
  const left = hours < 1 ? 'less than an hour' : hours === 1 ? 'one hour' : `${hours} hours`
  return `The sign-in runs out in ${left}. Sign in again before; everything else stays as it is.`
}

const healthReport = ({ source: _, openedAt: __, ...health }: SourceHealth): SourceHealthReport => health
