/**
 * Whose turn it is while there is not enough for all: a budget that is short, a source that stands in for the whole
 * market. The more urgent tier goes first and the others have what is left. What was left over of a tier goes first
 * within it the next time, and it rides along with the next sweep of anything, so that every member has its turn. A tier
 * that got nothing for two of its cadences has one piece of it put before all others.
 */
import type { Instrument } from '@onetape/db'
import { type AssetClass, type Micros, SECOND_US } from '@onetape/market'
import type { TierCadence } from '../schedule/slots.ts'
import type { Universe } from '../universe/universe.ts'
import type { SweepReport, SweepTarget } from './sweep.ts'

/** Why not everything was answered, where more may be had later. */
export type Shortage = 'budget' | 'vendor'

/** What is asked for of a tier, and who of it has to wait for another time. */
export interface Turn extends SweepTarget {
  waiting: readonly Instrument[]
}

export interface Turns {
  /** What to sweep now: these tiers whole, and what was left over of the others. The most urgent first. */
  next(assetClass: AssetClass, o: { tiers: readonly TierCadence[]; now: Micros }): Turn[]
  /** Hears what came of it. */
  note(assetClass: AssetClass, o: { turns: readonly Turn[]; report: SweepReport; now: Micros }): void
  /** Whether a tier got nothing the last time. */
  isStarved(assetClass: AssetClass, tier: string): boolean
  /** Whether anything is left over. */
  hasLeft(assetClass: AssetClass): boolean
  /** Whether some of them are newcomers, who do not wait for company. */
  hasNew(assetClass: AssetClass): boolean
  /** Members that have never had a turn are left over too. */
  add(tier: string, newcomers: readonly Instrument[]): void
  /** The class is another daemon's now. */
  forget(assetClass: AssetClass): void
}

/** About one call of a source that takes lists. */
const PIECE = 100
const CADENCES_MAX = 2

interface TierTurns {
  /** Who waits longest comes first. */
  left: Set<number>
  /** When it last got anything; before that, since when it is known. */
  fedAt: Micros | null
  isStarved: boolean
}

export function createTurns(universe: Pick<Universe, 'tiers' | 'members'>): Turns {
  const known = new Map<string, TierTurns>()
  const withNew = new Set<AssetClass>()
  const keyOf = (assetClass: AssetClass, tier: string) => `${assetClass} ${tier}`
  const of = (assetClass: AssetClass, tier: string): TierTurns => {
    const key = keyOf(assetClass, tier)
    let turns = known.get(key)
    if (!turns) {
      turns = { left: new Set(), fedAt: null, isStarved: false }
      known.set(key, turns)
    }
    return turns
  }
  return {
    next(assetClass, { tiers, now }) {
      const whole = new Set(tiers.map((t) => t.name))
      withNew.delete(assetClass)
      let hungriest: { turn: Turn; lateUs: number } | null = null
      const turns: Turn[] = []
      for (const tier of universe.tiers().filter((t) => t.enabled)) {
        const state = of(assetClass, tier.name)
        state.fedAt ??= now
        const members = universe.members(tier.name, assetClass)
        const left = inOrder(members, state.left)
        // Who is a member no more does not wait any more.
        if (left.length < state.left.size) state.left = new Set(left.map((m) => m.id))
        const others = whole.has(tier.name) ? members.filter((m) => !state.left.has(m.id)) : []
        const turn: Turn = {
          tier: tier.name,
          frequencyS: tier.frequencyS,
          instruments: [...left, ...others],
          waiting: [],
        }
        if (turn.instruments.length === 0) continue
        turns.push(turn)
        const lateUs = now - state.fedAt - CADENCES_MAX * tier.frequencyS * SECOND_US
        if (left.length > 0 && lateUs > (hungriest?.lateUs ?? 0)) hungriest = { turn, lateUs }
      }
      return hungriest ? putFirst(turns, hungriest.turn) : turns
    },
    note(assetClass, { turns, report, now }) {
      const shortage = shortageOf(report)
      const missing = new Set(report.missing.map((ref) => ref.symbol))
      for (const { tier, instruments, waiting } of turns) {
        const state = of(assetClass, tier)
        const lacking = shortage ? instruments.filter((i) => missing.has(i.symbol)) : []
        state.left = new Set([...lacking, ...waiting].map((i) => i.id))
        state.isStarved = lacking.length > 0 && lacking.length === instruments.length
        if (!state.isStarved) state.fedAt = now
      }
    },
    isStarved: (assetClass, tier) => known.get(keyOf(assetClass, tier))?.isStarved ?? false,
    hasLeft: (assetClass) =>
      universe.tiers().some((t) => t.enabled && (known.get(keyOf(assetClass, t.name))?.left.size ?? 0) > 0),
    hasNew: (assetClass) => withNew.has(assetClass),
    add(tier, newcomers) {
      for (const { id, assetClass } of newcomers) {
        of(assetClass, tier).left.add(id)
        withNew.add(assetClass)
      }
    },
    forget(assetClass) {
      withNew.delete(assetClass)
      for (const key of known.keys()) if (key.startsWith(`${assetClass} `)) known.delete(key)
    },
  }
}

function inOrder(members: readonly Instrument[], ids: ReadonlySet<number>): Instrument[] {
  if (ids.size === 0) return []
  const byId = new Map(members.map((m) => [m.id, m]))
  return [...ids].flatMap((id) => byId.get(id) ?? [])
}

function putFirst(turns: readonly Turn[], hungry: Turn): Turn[] {
  const piece = {
    ...hungry,
    instruments: hungry.instruments.slice(0, PIECE),
    waiting: hungry.instruments.slice(PIECE),
  }
  return [piece, ...turns.filter((turn) => turn !== hungry)]
}

/** Null when all was answered that anybody has. */
export function shortageOf({ answered, missing, trail }: SweepReport): Shortage | null {
  if (missing.length === 0) return null
  const reasons = trail.until('').map((attempt) => attempt.reason)
  if (reasons.some((reason) => reason === 'budget_gone' || reason === 'rate_limited')) return 'budget'
  const isAway = reasons.some(
    (reason) => reason != null && reason !== 'not_entitled' && reason !== 'not_found',
  )
  return isAway || !answered ? 'vendor' : null
}
