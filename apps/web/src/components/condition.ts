// What is wrong right now, if anything: the one line that a banner shows. Pure, by severity.
import type { Health } from '@onetape/api/router'
import type { Micros } from '@onetape/market'
import { type Connection, connectionPhase } from '../api/connection.ts'
import { formatClock, formatSpanExact, NEW_YORK } from './time-format.ts'

export interface Condition {
  severity: 'alarm' | 'warn'
  title: string
  detail: string
}

const SECOND_US = 1_000_000
/** The fastest tier sweeps every 60 s; two of them missed is late. */
const LAG_MAX_S = 150
/** With the US market closed only coins come, and not every tape holds coins. */
const LAG_MAX_CLOSED_S = 900

interface Now {
  connection: Connection | undefined
  health: Health | undefined
  /** Market time. */
  now: Micros | null
  /** Browser time. */
  nowMs: number
}

export function conditionOf({ connection, health, now, nowMs }: Now): Condition | null {
  if (connection) {
    const phase = connectionPhase(connection, nowMs)
    if (phase === 'disconnected') return disconnected(connection, nowMs)
  }
  if (!health || now === null) return null
  if (!health.database.ok) {
    return {
      severity: 'alarm',
      title: 'The database does not answer.',
      detail: 'Prices stand still; the page goes on by itself once it is back.',
    }
  }
  return silentDaemon(health, now) ?? lag(health, now) ?? unreachable(health)
}

function disconnected(connection: Connection, nowMs: number): Condition {
  const forText = formatSpanExact((nowMs - connection.sinceMs) * 1_000)
  const since = new Date(connection.sinceMs).toLocaleTimeString('en-GB')
  return {
    severity: 'alarm',
    title: `Disconnected since ${since} by your clock (${forText}).`,
    detail: connection.everOpen
      ? 'These are the last values received. Trying again every two seconds.'
      : 'The OneTape API does not answer. Is it running? Trying again every two seconds.',
  }
}

function silentDaemon(health: Health, now: Micros): Condition | null {
  const { alive, beatAgeMs } = health.daemon
  if (alive) return null
  if (beatAgeMs === null) {
    return {
      severity: 'alarm',
      title: 'No ingestion daemon has reported yet.',
      detail: 'Nothing brings new prices until one runs.',
    }
  }
  // The report itself ages while the connection stands.
  const silentUs = beatAgeMs * 1_000 + (now - health.marketNow)
  return {
    severity: 'alarm',
    title: `No new prices since ${formatClock(now - silentUs, NEW_YORK)} New York.`,
    detail: `The ingestion daemon has been silent for ${formatSpanExact(silentUs)}; values are the last it wrote.`,
  }
}

function lag(health: Health, now: Micros): Condition | null {
  const { lagSeconds } = health.tape
  if (lagSeconds === null) return null
  const late = lagSeconds + (now - health.marketNow) / SECOND_US
  const isOpen = health.venues.some((v) => v.venue === 'XNYS' && v.state === 'open')
  if (late <= (isOpen ? LAG_MAX_S : LAG_MAX_CLOSED_S)) return null
  return {
    severity: 'warn',
    title: `Prices lag since ${formatClock(now - late * SECOND_US, NEW_YORK)} New York.`,
    detail: `The newest one came in ${formatSpanExact(late * SECOND_US)} ago.${reasons(health)}`,
  }
}

function unreachable(health: Health): Condition | null {
  const bad = health.sources.filter((s) => s.status === 'unreachable' || s.status === 'failing')
  if (bad.length === 0) return null
  const names = bad.map((s) => s.name).join(', ')
  if (health.sources.some((s) => s.status === 'ok')) {
    return {
      severity: 'warn',
      title: `Cannot get prices from ${names}.`,
      detail: 'Other sources stand in where they can.',
    }
  }
  const missing = health.sources
    .filter((s) => s.status === 'unconfigured')
    .map((s) => ` ${s.name} ${s.message ?? 'is not set up'}.`)
  return {
    severity: 'warn',
    title: `No source can be reached (${names}).`,
    detail: `You see what the tape holds.${missing.join('')}`,
  }
}

function reasons(health: Health): string {
  const bad = health.sources.filter((s) => s.status === 'unreachable' || s.status === 'failing')
  return bad.length === 0 ? '' : ` ${bad.map((s) => `${s.name}: ${s.message ?? s.status}`).join('; ')}.`
}
