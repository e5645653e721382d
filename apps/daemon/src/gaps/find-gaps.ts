/**
 * Holds the slots that every tier should have had against the ledger, and notes what is missing: after an outage of any
 * length, and when no source answered. How far it has looked lies in the tape, so a restart goes on where the last
 * daemon was, and an outage is exactly what lies in between. Cost follows the time that is looked at: one look at the
 * ledger for all tiers, whatever the number of instruments.
 */
import {
  type Db,
  type FoundGap,
  type GapScan,
  type GapScanView,
  type GapWhy,
  type MissedSlots,
  marketSpansSkipped,
  readGapScans,
  readMissedSlots,
  readServedSlots,
  readSlotEvidence,
  readSync,
  recordGaps,
  type SlotEvidence,
  type Span,
} from '@onetape/db'
import { type Clock, DAY_US, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import { SWEPT_ASSET_CLASSES, type SweptAssetClass } from '../ingest/house-order.ts'
import { slotOf, type TierCadence } from '../schedule/slots.ts'
import type { Universe } from '../universe/universe.ts'
import { expectedSpans, type MissedSpan, missedSpans } from './expected-slots.ts'
import { datesIn } from './plan-pieces.ts'

export interface GapFinderDeps {
  db: Db
  market: Clock
  universe: Universe
  /** Market time at which this daemon began: what was missed before is no vendor's fault. */
  startedAt: Micros
}

export interface GapFinder {
  /** @returns how many gaps are new. */
  run(): Promise<number>
}

/** A slot is judged once it is over for so long: its sweep may still be under way. */
const GRACE_US = 30 * SECOND_US
/** A daemon that is away for no longer was started again. */
export const RESTART_MAX_US = 5 * MINUTE_US
/** The close jobs settle the days of so many; older ones are gaps of their own. */
const SETTLED_DAYS = 14
/** A minute that was swept as it began is incomplete, and so is the one before a sweep that came late. */
const EDGE_US = 2 * MINUTE_US
const MINUTE_CADENCE_S = 60

interface Lane {
  tier: TierCadence
  assetClass: SweptAssetClass
  judgedTo: Micros
  until: Micros
  instrumentsTo: number
  /** Nobody has looked at it: how far is noted even where nothing is to be judged yet. */
  isNew: boolean
}

export function createGapFinder(deps: GapFinderDeps): GapFinder {
  let first = true
  let before: ReadonlySet<string> | null = null
  return {
    async run() {
      const now = deps.market.now()
      const lanes = (await lanesOf(deps, now)).map((lane) => sinceItHolds(lane, before))
      before = new Set(lanes.map(keyOf))
      const wanted = lanes.filter((lane) => lane.isNew || lane.until > lane.judgedTo)
      const judged = wanted.filter((lane) => lane.until > lane.judgedTo)
      const jumped = await marketSpansSkipped(deps.db)
      const from = Math.min(now, ...judged.map((lane) => lane.judgedTo))
      const found = first ? jumps(jumped) : jumps(jumped.filter((span) => span.to > from))
      if (judged.length > 0) found.push(...(await missing(deps, { lanes: judged, jumped, from })))
      const scans: GapScan[] = wanted.map((lane) => ({
        tier: lane.tier.name,
        assetClass: lane.assetClass,
        judgedTo: lane.until,
        instrumentsTo: newest(deps.universe),
      }))
      if (found.length + scans.length === 0) return 0
      const { added } = await recordGaps(deps.db, { found, scans, foundAt: now })
      first = false
      return added
    },
  }
}

const keyOf = ({ tier, assetClass }: Lane): string => `${tier.name} ${assetClass}`

/** A tier that held nobody of the class at the last look (nobody watched any) owes nothing for that time. */
const sinceItHolds = (lane: Lane, before: ReadonlySet<string> | null): Lane =>
  before === null || before.has(keyOf(lane)) || lane.isNew
    ? lane
    : { ...lane, judgedTo: Math.max(lane.judgedTo, lane.until), isNew: true }

/** Every tier and asset class that is swept, and what of it is to be judged now. */
async function lanesOf({ db, universe, startedAt }: GapFinderDeps, now: Micros): Promise<Lane[]> {
  const scans = new Map((await readGapScans(db)).map((scan) => [`${scan.tier} ${scan.assetClass}`, scan]))
  const synced = new Map((await readSync(db)).map((row) => [row.scope, row.lastSync]))
  return universe
    .tiers()
    .filter((tier) => tier.enabled)
    .flatMap((tier) =>
      SWEPT_ASSET_CLASSES.filter((assetClass) => universe.members(tier.name, assetClass).length > 0).map(
        (assetClass): Lane => {
          const slotUs = tier.frequencyS * SECOND_US
          const startOf = (at: Micros) => slotOf(at, tier.frequencyS) * slotUs
          const until = Math.max(startOf(now - GRACE_US), startOf(Math.min(startedAt, now)))
          const scan: GapScanView | undefined = scans.get(`${tier.name} ${assetClass}`)
          // A tape that was never looked at begins with what it was last swept for; a new one begins now.
          const synced_ = synced.get(`tier:${tier.name}`)
          const judgedTo = scan?.judgedTo ?? Math.min(startOf(synced_ ?? until), until)
          const instrumentsTo = scan?.instrumentsTo ?? newest(universe)
          return { tier, assetClass, judgedTo, until, instrumentsTo, isNew: scan === undefined }
        },
      ),
    )
}

const newest = (universe: Universe): number =>
  universe
    .tiers()
    .reduce((most, t) => universe.members(t.name).reduce((id, i) => Math.max(id, i.id), most), 0)

/** The book of slots is asked first; what it does not know of as served is looked for in the ledger itself. */
async function missing(
  deps: GapFinderDeps,
  o: { lanes: readonly Lane[]; jumped: readonly Span[]; from: Micros },
): Promise<FoundGap[]> {
  const { db } = deps
  const suspects: { lane: Lane; booked: Micros[]; spans: MissedSpan[] }[] = []
  for (const lane of o.lanes) {
    const { tier, assetClass, judgedTo: from, until: to } = lane
    const slots = await readServedSlots(db, { tier: tier.name, assetClass, from, to })
    const booked = slots.filter((slot) => slot.accepted > 0).map((slot) => slot.slotAt)
    const spans = spansOf(lane, o.jumped, booked)
    if (spans.length > 0) suspects.push({ lane, booked, spans })
  }
  if (suspects.length === 0) return []
  const all = suspects.flatMap((suspect) => suspect.spans)
  const hull = { from: Math.min(...all.map((s) => s.from)), to: Math.max(...all.map((s) => s.to)) }
  const evidence = await readSlotEvidence(db, hull)
  const told = await readMissedSlots(db, hull)
  const servedAt = servedIn(deps.universe, evidence)
  return suspects.flatMap(({ lane, booked }) => {
    const written = servedAt.get(`${lane.tier.name} ${lane.assetClass}`) ?? []
    const gaps = spansOf(lane, o.jumped, [...booked, ...written]).map((span) =>
      gapOf(lane, span, whyOf(span, { lane, evidence, told, startedAt: deps.startedAt })),
    )
    return [...gaps, ...oldDays(lane, gaps)]
  })
}

const spansOf = (
  { tier, assetClass, judgedTo, until }: Lane,
  jumped: readonly Span[],
  servedAt: readonly Micros[],
): MissedSpan[] =>
  missedSpans({ assetClass, frequencyS: tier.frequencyS, from: judgedTo, to: until, jumped, servedAt })

function servedIn(universe: Universe, evidence: readonly SlotEvidence[]): Map<string, Micros[]> {
  const laneOf = new Map<number, string>()
  for (const { name } of universe.tiers())
    for (const { id, assetClass } of universe.members(name)) laneOf.set(id, `${name} ${assetClass}`)
  const served = new Map<string, Micros[]>()
  for (const { fetchedAt, instrumentId } of evidence) {
    const lane = laneOf.get(instrumentId)
    if (lane === undefined) continue
    const times = served.get(lane)
    if (times) times.push(fetchedAt)
    else served.set(lane, [fetchedAt])
  }
  return served
}

const WHY: Partial<Record<MissedSlots['reason'], GapWhy>> = { vendor: 'vendor_failing', budget: 'budget' }

/** A ledger that was silent altogether before this daemon began: there was none. Else the slots' own book says why. */
function whyOf(
  span: MissedSpan,
  o: {
    lane: Lane
    evidence: readonly SlotEvidence[]
    told: readonly MissedSlots[]
    startedAt: Micros
  },
): GapWhy {
  const { tier, assetClass } = o.lane
  const inside = { from: span.from + tier.frequencyS * SECOND_US, to: span.to }
  const silent = !o.evidence.some((e) => e.fetchedAt >= inside.from && e.fetchedAt < inside.to)
  if (silent && span.from < o.startedAt)
    return span.to - span.from <= RESTART_MAX_US ? 'restart' : 'daemon_down'
  const known = o.told.find(
    (m) => m.tier === tier.name && m.assetClass === assetClass && m.fromAt < span.to && m.toAt >= span.from,
  )
  return (known && WHY[known.reason]) ?? 'vendor_failing'
}

function gapOf(lane: Lane, span: MissedSpan, why: GapWhy): FoundGap {
  const { tier, assetClass, instrumentsTo } = lane
  const wide =
    tier.frequencyS > MINUTE_CADENCE_S
      ? span
      : (expectedSpans(assetClass, { from: span.from - EDGE_US, to: span.to }).at(-1) ?? span)
  return {
    tier: tier.name,
    assetClass,
    instrumentId: null,
    timeframe: '1m',
    from: Math.min(wide.from, span.from),
    to: span.to,
    why,
    slots: span.slots,
    instrumentsTo,
  }
}

/** Days that the close jobs do not reach back to any more; once for a class, whatever its tiers. */
function oldDays(lane: Lane, gaps: readonly FoundGap[]): FoundGap[] {
  const [from, to] = [gaps[0]?.from ?? lane.until, lane.until - SETTLED_DAYS * DAY_US]
  const dates = from < to ? datesIn(lane.assetClass, { from, to }) : []
  if (dates.length === 0) return []
  const { assetClass, instrumentsTo } = lane
  const scope = { tier: null, assetClass, instrumentId: null, timeframe: '1d' } as const
  return [{ ...scope, from, to, why: 'daemon_down', slots: dates.length, instrumentsTo }]
}

/** Where demo's clock jumped nothing happened: noted, for whoever wonders, and never filled. */
const jumps = (jumped: readonly Span[]): FoundGap[] =>
  jumped.flatMap((span) =>
    SWEPT_ASSET_CLASSES.flatMap((assetClass) =>
      expectedSpans(assetClass, span).map((expected): FoundGap => {
        const scope = { tier: null, assetClass, instrumentId: null, timeframe: '1m' } as const
        const slots = Math.max(1, Math.round((expected.to - expected.from) / MINUTE_US))
        const reason = 'the market clock jumped over it'
        return {
          ...scope,
          ...expected,
          why: 'clock_jump',
          slots,
          instrumentsTo: null,
          state: 'no_data',
          reason,
        }
      }),
    ),
  )
