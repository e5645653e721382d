/**
 * What the tape says of the slots, looked at once a second: which of them are served or held and by whom, which daemons
 * are alive, and what time it is there. One query tells what is due, whatever the number of symbols: they are due as a
 * tier, and who belongs to it is known in memory.
 */
import { type BoardSlot, type Db, readSlotBoard, type SlotBoard } from '@onetape/db'
import type { AssetClass, Micros } from '@onetape/market'
import type { MarketClock } from '../clock/market-clock.ts'
import type { TapeClock } from '../clock/tape-clock.ts'
import { ownerOf } from './share-out.ts'
import { slotStart, type TierCadence, trades } from './slots.ts'

export interface SlotWatch {
  /** Reads the board. @throws what the database throws. */
  look(): Promise<SlotBoard>
  /** The newest slot that was claimed of a tier and asset class. */
  newest(tier: string, assetClass: AssetClass): BoardSlot | undefined
  /** Tiers of which a slot is to be had by this daemon now, the most urgent first. */
  due(assetClass: AssetClass, tiers: readonly TierCadence[]): TierCadence[]
  /** Whether this daemon goes first with the class. */
  isFirst(assetClass: AssetClass): boolean
  /** Daemons that are alive. */
  crew(): readonly string[]
  slots(): readonly BoardSlot[]
}

export interface SlotWatchDeps {
  db: Db
  market: MarketClock
  /** Learns from each look what time it is at the tape; absent where wall time is taken as it is. */
  tapeClock?: TapeClock
  instanceId: string
}

/** A slot whose first daemon did not come for it within this is anybody's. */
const GRACE_US = 1_500_000

export function createSlotWatch(deps: SlotWatchDeps): SlotWatch {
  let board: SlotBoard = { serverNow: 0, shiftUs: 0, crew: [], tiersMark: '', slots: [] }
  let bySlot = new Map<string, BoardSlot>()
  const keyOf = (tier: string, assetClass: AssetClass) => `${tier} ${assetClass}`

  const isFirst = (assetClass: AssetClass): boolean => {
    const owner = ownerOf(`sweep:${assetClass}`, board.crew)
    return owner === null || owner === deps.instanceId
  }
  const isDue = (assetClass: AssetClass, tier: TierCadence, now: Micros): boolean => {
    const slotAt = slotStart(now, tier.frequencyS)
    const newest = bySlot.get(keyOf(tier.name, assetClass))
    if (newest && newest.slotAt > slotAt) return false
    if (!newest || newest.slotAt < slotAt) return isFirst(assetClass) || now - slotAt >= GRACE_US
    // Whoever had it may try again when it likes; the others, once its lease has run out.
    const isOurOwn = newest.claimedBy === deps.instanceId && newest.problem !== null
    return !newest.served && (!newest.held || isOurOwn)
  }

  return {
    async look() {
      const read = () => readSlotBoard(deps.db)
      board = await (deps.tapeClock ? deps.tapeClock.ask(read) : read())
      deps.market.grow(board.shiftUs)
      bySlot = new Map(board.slots.map((slot) => [keyOf(slot.tier, slot.assetClass), slot]))
      return board
    },
    newest: (tier, assetClass) => bySlot.get(keyOf(tier, assetClass)),
    due(assetClass, tiers) {
      const now = deps.market.now()
      if (!trades(assetClass, now)) return []
      return tiers
        .filter((t) => t.enabled && isDue(assetClass, t, now))
        .sort((a, b) => a.priority - b.priority)
    },
    isFirst,
    crew: () => board.crew,
    slots: () => board.slots,
  }
}
