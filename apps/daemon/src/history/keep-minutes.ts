/**
 * Completes the minute bars of the fastest tiers. A sweep sees the vendor's newest minute at one instant, often one
 * that has just begun, so the minute before would be lost: shortly after each minute the vendor's own bars of what is
 * over are asked for. How far it is lies in the tape, so a restart goes on where the last one was; what it could not
 * keep up with, and what was missed while nobody kept minutes, it hands over as a gap and goes on from now.
 */
import { type Db, type Instrument, readSync } from '@onetape/db'
import { type Clock, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'
import type { Capability } from '@onetape/providers'
import { expectedUs } from '../gaps/expected-slots.ts'
import { ableSources } from '../ingest/able-sources.ts'
import { accessOf, type House, type Source } from '../ingest/ask-source.ts'
import { type AttemptTrail, createAttemptTrail } from '../ingest/attempt-trail.ts'
import type { SweptAssetClass } from '../ingest/house-order.ts'
import { askMinutes, type WantedMinutes, writeMinutes } from './minute-round.ts'

export interface KeepMinutesDeps {
  db: Db
  house: House
  market: Clock
  wall: Clock
  signal: AbortSignal
  /** Whose minutes are kept, the members of the fastest tiers. */
  instruments(assetClass: SweptAssetClass): readonly Instrument[]
  /** Notes minutes that are not asked for any more: they are to be filled from history. */
  onLost(lost: LostMinutes): Promise<void>
}

export interface LostMinutes {
  assetClass: SweptAssetClass
  from: Micros
  to: Micros
  why: 'daemon_down' | 'restart' | 'vendor_failing' | 'budget' | 'mute'
  /** Null: of all whose minutes are kept. */
  instruments: readonly Instrument[] | null
}

export interface MinuteKeeper {
  /** Completes the minutes that are over, if a source's turn has come; resolves with the bars that were news. */
  run(assetClass: SweptAssetClass): Promise<number>
}

/** Vendors close a minute a few seconds after it is over. */
const SETTLE_US = 5 * SECOND_US
/** Whoever is further behind, in market time that was traded in, is handed over. */
const REACH_US = 20 * MINUTE_US
/** A restart that takes longer is an outage: its minutes are filled from history. */
const RESTART_MAX_US = 5 * MINUTE_US
const FIRST_REACH_US = 15 * MINUTE_US
/** Those that wait longest come first; the others are not far behind. */
const CALLS_PER_ROUND = 200

/** Minutes between two rounds: one call for each instrument, so vendors that count calls closely are asked seldom. */
const EVERY_MINUTES: Readonly<Record<string, number>> = { polygon: 1, coinbase: 1, oanda: 1 }
const EVERY_MINUTES_OTHERS = 5
/** With many instruments each is asked less often, for more minutes at a time: a vendor's day has so many calls. */
const CALLS_PER_MINUTE_MAX = 1_000
/** A plan that shows minutes this late shows them to a backfill. */
const DELAY_MAX_MINUTES = 60

export function createMinuteKeeper(deps: KeepMinutesDeps): MinuteKeeper {
  /** How far each instrument's minutes are, so that a round that a budget cut short goes on where it was. */
  const doneTo = new Map<number, Micros>()
  const kept = new Map<SweptAssetClass, Micros>()
  const membersOf = new Map<SweptAssetClass, ReadonlySet<number>>()
  const running = new Set<SweptAssetClass>()
  /** By source: whoever is asked next need not wait for its budget. */
  const notBefore = new Map<string, Micros>()

  /** Why the last round ended early. */
  const troubles = new Map<SweptAssetClass, 'vendor_failing' | 'budget'>()

  const startOf = async (assetClass: SweptAssetClass, to: Micros): Promise<Micros> => {
    const known = kept.get(assetClass)
    if (known !== undefined) return known
    const rows = await readSync(deps.db)
    const last = rows.find((row) => row.scope === scopeOf(assetClass))?.lastSync
    let start = last ?? to - FIRST_REACH_US
    const behindUs = expectedUs(assetClass, { from: start, to })
    if (last != null && behindUs > RESTART_MAX_US) {
      await deps.onLost({ assetClass, from: start, to, why: 'daemon_down', instruments: null })
      start = to
    }
    kept.set(assetClass, start)
    return start
  }
  /** Who left the fast tiers and comes back (a watchlist that is shown again) begins where the others are. */
  const forgetLeavers = (assetClass: SweptAssetClass, instruments: readonly Instrument[]) => {
    const stay = new Set(instruments.map((i) => i.id))
    for (const id of membersOf.get(assetClass) ?? []) if (!stay.has(id)) doneTo.delete(id)
    membersOf.set(assetClass, stay)
  }
  /** Those who fell too far behind: when they are many the source is to blame, else the instrument is. */
  const letGo = async (
    wanted: readonly WantedMinutes[],
    o: { assetClass: SweptAssetClass; to: Micros; all: number },
  ) => {
    const { assetClass, to } = o
    const reachUs = Math.max(REACH_US, 3 * everyUs('', o.all))
    const lost = wanted.filter(({ from }) => expectedUs(assetClass, { from, to }) > reachUs)
    if (lost.length === 0) return wanted
    const from = Math.min(...lost.map((w) => w.from))
    const some = lost.length * 2 <= o.all
    const why = some ? 'mute' : (troubles.get(assetClass) ?? 'vendor_failing')
    const instruments = some ? lost.map((w) => w.instrument) : null
    await deps.onLost({ assetClass, from, to, why, instruments })
    for (const { instrument } of lost) doneTo.set(instrument.id, to)
    return wanted.filter((w) => !lost.includes(w))
  }
  const keep = async (assetClass: SweptAssetClass): Promise<number> => {
    const trail = createAttemptTrail(deps.house.wall)
    const source = barSource(deps.house, assetClass, trail)
    const to = shownTo(deps, assetClass, source)
    const instruments = deps.instruments(assetClass)
    if (instruments.length === 0) return 0
    forgetLeavers(assetClass, instruments)
    const start = await startOf(assetClass, to)
    const behind = instruments.map((instrument) => ({
      instrument,
      from: doneTo.get(instrument.id) ?? start,
    }))
    const able = await letGo(behind, { assetClass, to, all: instruments.length })
    if (!source || deps.wall.now() < (notBefore.get(source.name) ?? 0)) return 0
    const wanted = able
      .filter(({ from }) => to - from >= everyUs(source.name, instruments.length))
      .sort((a, b) => a.from - b.from)
      .slice(0, CALLS_PER_ROUND)
    if (wanted.length === 0 || expectedUs(assetClass, { from: wanted[0]!.from, to }) === 0) return 0
    const round = await askMinutes(deps, { source, wanted, to, trail })
    notBefore.set(source.name, deps.wall.now() + round.restMs * 1000)
    troubles.set(assetClass, round.restMs > 0 ? 'budget' : 'vendor_failing')
    if (round.answers.length === 0) return 0
    for (const { instrument } of round.answers) doneTo.set(instrument.id, to)
    kept.set(assetClass, Math.min(...instruments.map(({ id }) => doneTo.get(id) ?? start)))
    return await writeMinutes(deps, {
      scope: scopeOf(assetClass),
      source,
      answers: round.answers,
      to,
      keptTo: kept.get(assetClass)!,
      trail,
    })
  }
  return {
    async run(assetClass) {
      if (running.has(assetClass)) return 0
      running.add(assetClass)
      try {
        return await keep(assetClass)
      } finally {
        running.delete(assetClass)
      }
    },
  }
}

/** Minutes between two rounds of an instrument. */
const everyUs = (source: string, instruments: number): Micros =>
  Math.max(EVERY_MINUTES[source] ?? EVERY_MINUTES_OTHERS, Math.ceil(instruments / CALLS_PER_MINUTE_MAX)) *
  MINUTE_US

/** Up to where a source shows whole minutes; without one, up to where they are over. */
function shownTo({ market }: KeepMinutesDeps, assetClass: SweptAssetClass, source: Source | null): Micros {
  const delayed = source ? (accessOf(source, assetClass, 'charts')?.delayedMinutes ?? 0) : 0
  return minuteOf(market.now() - SETTLE_US - delayed * MINUTE_US)
}

const scopeOf = (assetClass: SweptAssetClass): string => `minutes:${assetClass}`
const minuteOf = (ts: Micros): Micros => ts - (ts % MINUTE_US)

/** The first of the house order whose plan shows minutes soon and that may be asked now. */
const barSource = (house: House, assetClass: SweptAssetClass, trail: AttemptTrail): Source | null => {
  const has = ({ bars }: Capability) => bars.includes('1m')
  const about = { assetClass, kind: 'charts', has, delayMaxMinutes: DELAY_MAX_MINUTES, trail } as const
  return ableSources(house, about).next().value?.source ?? null
}
