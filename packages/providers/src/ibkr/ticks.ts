// Ticks of one contract merged into what is known of it. Delayed ticks have numbers of their own (66 to 76, 88).
import type { TwsEvent, TwsGreeks } from './tws.ts'

export interface TickState {
  bid?: number
  ask?: number
  last?: number
  bidSize?: number
  askSize?: number
  volume?: number
  open?: number
  high?: number
  low?: number
  /** Of the session before. */
  close?: number
  /** Epoch seconds of the last trade. */
  lastTime?: number
  greeks?: TwsGreeks
  delayed: boolean
  /** Numbers of ticks whose value was none. */
  unreadable: number[]
}

type Field = Exclude<keyof TickState, 'delayed' | 'greeks' | 'lastTime' | 'unreadable'>

/** Field by tick number: https://interactivebrokers.github.io/tws-api/tick_types.html */
const LIVE: Readonly<Record<number, Field>> = {
  0: 'bidSize',
  1: 'bid',
  2: 'ask',
  3: 'askSize',
  4: 'last',
  6: 'high',
  7: 'low',
  8: 'volume',
  9: 'close',
  14: 'open',
}
const DELAYED: Readonly<Record<number, Field>> = {
  66: 'bid',
  67: 'ask',
  68: 'last',
  69: 'bidSize',
  70: 'askSize',
  72: 'high',
  73: 'low',
  74: 'volume',
  75: 'close',
  76: 'open',
}
const LAST_TIME = 45
const DELAYED_LAST_TIME = 88
/** Greeks by the vendor's own model; those of bid, ask and last are not what a chain shows. */
const MODEL = [13, 83]
/** Market-data types 3 and 4: delayed, and delayed as of the close. */
const DELAYED_TYPE = 3

export const emptyState = (): TickState => ({ delayed: false, unreadable: [] })

/** @returns whether the state is another one now. */
export function applyTick(state: TickState, event: TwsEvent): boolean {
  switch (event.type) {
    case 'price':
    case 'size': {
      const delayed = DELAYED[event.field]
      const field = LIVE[event.field] ?? delayed
      if (!field) return false
      if (!Number.isFinite(event.value)) {
        state.unreadable.push(event.field)
        return false
      }
      if (delayed) state.delayed = true
      if (state[field] === event.value) return false
      state[field] = event.value
      return true
    }
    case 'text': {
      if (event.field !== LAST_TIME && event.field !== DELAYED_LAST_TIME) return false
      const seconds = Number(event.value)
      if (!Number.isFinite(seconds) || seconds <= 0 || state.lastTime === seconds) return false
      state.lastTime = seconds
      return true
    }
    case 'greeks':
      if (!MODEL.includes(event.field)) return false
      state.greeks = event.greeks
      return true
    case 'dataType':
      state.delayed = event.value >= DELAYED_TYPE
      return false
    default:
      return false
  }
}

/** A price of -1 or 0 means that there is none. */
export const hasPrice = (s: TickState): boolean => [s.last, s.bid, s.ask].some((price) => (price ?? 0) > 0)
