// What the router is made of, and how a question becomes a plan. Nothing here waits where the ports answer at once.
import type { AssetClass, Clock, DataKind, SymbolRef } from '@onetape/market'
import type { Priority } from '../call.ts'
import type { Timers } from '../stream/timers.ts'
import { type Routing, refKey } from './answer.ts'
import { Deadline } from './deadline.ts'
import { type HealthBoard, healthKeyOf, healthScopeOf } from './health-board.ts'
import {
  KIND_OF_NEED,
  type Plan,
  type PlanContext,
  type PlanRequest,
  planRoute,
  type SourceOrder,
} from './plan.ts'
import type { Awaitable, BudgetPort, PreferencesPort, RoutedSource, SourcesPort, TapePort } from './ports.ts'

export interface RouterParts {
  sources: SourcesPort
  preferences: PreferencesPort
  health: HealthBoard
  /** Absent: nothing is metered. */
  budget?: BudgetPort
  /** Absent: there is no tape to fall back to, and nothing is converted. */
  tape?: TapePort
  marketClock: Clock
  wallClock: Clock
  timers: Timers
  deadlineMs: number
  /** Hears of defects: an adapter that throws what is no ProviderError, a tape that cannot be read. */
  onDefect?: (error: unknown) => void
}

/** What every question says beside what it asks for. */
export interface Question {
  /** Null asks for the house. */
  userId: string | null
  /** `user` when absent. */
  priority?: Priority
  /** Wall time for the whole routing, in milliseconds. */
  deadlineMs?: number
  signal?: AbortSignal
  /** How long an identical question may be given the same answer, in milliseconds; the router's own when absent. */
  cacheMs?: number
}

/** Who may be asked on behalf of somebody, and in whose order. */
export interface Candidates {
  sources: readonly RoutedSource[]
  order: SourceOrder
}

/** One question under way: what it may touch, who may be asked for it, and until when. */
export interface Route extends RouterParts {
  deadline: Deadline
  candidatesOf(assetClass: AssetClass): Candidates
  /** The source to ask first for one symbol of the question, whatever the order says. */
  pinOf(ref: SymbolRef): string | null
}

/** Time for the tape, which is ours and near. */
export const TAPE_MS = 300

const isPending = <T>(value: Awaitable<T>): value is Promise<T> => value instanceof Promise

/** `use` at once where the value is here, else when it comes. */
export const whenHere = <T, R>(value: Awaitable<T>, use: (value: T) => Awaitable<R>): Awaitable<R> =>
  isPending(value) ? value.then(use) : use(value)

/** Asks the ports once: for each asset class its order, for each symbol its pin. */
export function openRoute(
  parts: RouterParts,
  {
    userId,
    kind,
    refs,
    deadlineMs,
  }: { userId: string | null; kind: DataKind; refs: readonly SymbolRef[]; deadlineMs?: number },
): Awaitable<Route> {
  const deadline = new Deadline(parts.wallClock, deadlineMs ?? parts.deadlineMs)
  const classes = [...new Set(refs.map((ref) => ref.assetClass))]
  const asked = classes.map((assetClass) => parts.preferences.order(userId, kind, assetClass))
  const orders = asked.some(isPending) ? Promise.all(asked) : (asked as SourceOrder[])
  return whenHere(parts.sources.forUser(userId), (sources) =>
    whenHere(orders, (known) =>
      whenHere(pinsOf(parts, { userId, kind, refs }), (pins) => {
        const candidatesOf = (assetClass: AssetClass): Candidates => ({
          sources,
          order: known[classes.indexOf(assetClass)] ?? null,
        })
        return { ...parts, deadline, candidatesOf, pinOf: (ref) => pins.get(refKey(ref)) ?? null }
      }),
    ),
  )
}

/** Pins by symbol; symbols without one are absent. */
function pinsOf(
  { preferences }: RouterParts,
  { userId, kind, refs }: { userId: string | null; kind: DataKind; refs: readonly SymbolRef[] },
): Awaitable<ReadonlyMap<string, string>> {
  if (!preferences.pin) return NO_PINS
  const found = refs.map((ref) => preferences.pin!(userId, kind, ref))
  const all = found.some(isPending) ? Promise.all(found) : (found as (string | null)[])
  return whenHere(
    all,
    (pins) => new Map(refs.flatMap((ref, i) => (pins[i] ? [[refKey(ref), pins[i]] as const] : []))),
  )
}

const NO_PINS: ReadonlyMap<string, string> = new Map()

export function planFor(
  route: Route,
  request: PlanRequest,
  conversionFault: PlanContext['conversionFault'] = () => null,
): Plan {
  const scope = healthScopeOf(KIND_OF_NEED[request.need], request.assetClass)
  const { budget, health, marketClock, wallClock } = route
  const { sources, order } = route.candidatesOf(request.assetClass)
  return planRoute(request, {
    sources,
    order,
    marketNow: marketClock.now(),
    wallNow: wallClock.now(),
    ready: (source) => health.ready(healthKeyOf(source), scope),
    budget: ({ credentialId }, scopes) =>
      roomIn(budget, { credentialId, scopes, priority: request.priority }),
    conversionFault,
  })
}

const FREE = { free: true, retryAt: null } as const

/** The first scope without room; a vendor that declares none is looked at as a whole. */
function roomIn(
  budget: BudgetPort | undefined,
  { credentialId, scopes, priority }: { credentialId: string; scopes: readonly string[]; priority: Priority },
) {
  if (!budget) return FREE
  if (scopes.length === 0) return budget.peek(credentialId, { priority })
  for (const scope of scopes) {
    const room = budget.peek(credentialId, { scope, priority })
    if (!room.free) return room
  }
  return FREE
}

export const routingOf = (
  { marketClock, deadline }: Route,
  { kind, plan }: { kind: DataKind; plan: Plan },
): Routing => ({ kind, order: plan.order, answeredAt: marketClock.now(), tookMs: deadline.tookMs })
