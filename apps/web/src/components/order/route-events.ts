// Your route over time: who answered for a symbol, and why that changed. Pure.
import type { Receipt } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { attemptLine, outcomeWords } from '../receipt-words.ts'

export interface RouteEvent {
  id: number
  /** Those that changed together. */
  symbols: string[]
  from: string
  to: string
  why: string
  /** Browser time, milliseconds. */
  atMs: number
}

type Answered = Pick<Receipt, 'source' | 'attempts' | 'ref' | 'order'>

const nameOf = (source: string | null): string => source ?? 'nobody'

/**
 * Why another source answers than before: what the receipt says of those that stood before it, the former one first.
 * Null where it is the same.
 */
export function routeChange(was: Answered, now: Answered): { from: string; to: string; why: string } | null {
  if (was.source === now.source) return null
  const from = nameOf(was.source)
  const to = nameOf(now.source)
  const served = now.attempts.findIndex((a) => a.source === now.source && a.outcome !== 'skipped')
  const before = served < 0 ? now.attempts : now.attempts.slice(0, served)
  const former = before.find((a) => a.source === was.source)
  if (former) {
    const line = attemptLine(former) ?? outcomeWords(former)
    return {
      from,
      to,
      why: `${from}: ${line}; ${now.source === null ? 'nobody stood in' : `${to} answered`}`,
    }
  }
  const stillThere = now.attempts.some((a) => a.source === was.source)
  if (now.source === null) return { from, to, why: 'no source could answer' }
  return {
    from,
    to,
    why: stillThere
      ? `${to} stands before ${from} and answered`
      : `${from} is no longer in the order; ${to} answered`,
  }
}

/** How long the panel remembers. */
const EVENTS_MAX = 30

export interface RouteLog {
  last: ReadonlyMap<string, Answered>
  /** Newest first. */
  events: readonly RouteEvent[]
  nextId: number
}

export const EMPTY_LOG: RouteLog = { last: new Map(), events: [], nextId: 1 }

export function noteRoute(
  log: RouteLog,
  rows: readonly { key: string; receipt: Answered }[],
  atMs: number,
): RouteLog {
  let { nextId } = log
  const last = new Map(log.last)
  const fresh: RouteEvent[] = []
  for (const { key, receipt } of rows) {
    const was = last.get(key)
    const change = was ? routeChange(was, receipt) : null
    if (change) {
      const alike = fresh.find((e) => e.from === change.from && e.to === change.to && e.why === change.why)
      if (alike) alike.symbols.push(receipt.ref.symbol)
      else fresh.push({ id: nextId++, symbols: [receipt.ref.symbol], ...change, atMs })
    }
    last.set(key, receipt)
  }
  return { last, events: [...fresh.reverse(), ...log.events].slice(0, EVENTS_MAX), nextId }
}

/** Asked again at once when someone comes back to the page, else every two seconds. */
export const ROUTE_EVERY_MS = 2_000

/** The longest that an answer may be behind before it is said to be old. Market time. */
export const isOldAnswer = (answeredAt: Micros, now: Micros): boolean => now - answeredAt > 10_000_000
