// How instants, ages and waits are written. Equities live on New York time, coins and currencies on UTC.
import { type AssetClass, HOUR_US, MINUTE_US, type Micros, SECOND_US } from '@onetape/market'

export interface MarketZone {
  id: 'America/New_York' | 'UTC'
  /** What people call it, beside a time. */
  label: 'New York' | 'UTC'
}

export const NEW_YORK: MarketZone = { id: 'America/New_York', label: 'New York' }
export const UTC: MarketZone = { id: 'UTC', label: 'UTC' }

export const zoneOf = (assetClass: AssetClass): MarketZone =>
  assetClass === 'crypto' || assetClass === 'fx' ? UTC : NEW_YORK

const STYLES = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  minute: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const formats = new Map<string, Intl.DateTimeFormat>()

function write(us: Micros, zone: MarketZone, style: keyof typeof STYLES): string {
  const key = `${zone.id}:${style}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone.id, hourCycle: 'h23', ...STYLES[style] })
    formats.set(key, format)
  }
  return format.format(us / 1_000).replace(',', '')
}

/** `10:42:13` */
export const formatClock = (us: Micros, zone: MarketZone): string => write(us, zone, 'clock')
/** `10:42` */
export const formatMinute = (us: Micros, zone: MarketZone): string => write(us, zone, 'minute')
/** `Mon 23 Nov` */
export const formatDay = (us: Micros, zone: MarketZone): string => write(us, zone, 'day')
/** `23 Nov 2026` */
export const formatDate = (us: Micros, zone: MarketZone): string => write(us, zone, 'date')
/** `23 Nov 2026 10:42:13.250 New York` */
export function formatInstant(us: Micros, zone: MarketZone): string {
  const ms = String(Math.floor(us / 1_000) % 1_000).padStart(3, '0')
  return `${formatDate(us, zone)} ${formatClock(us, zone)}.${ms} ${zone.label}`
}
/** `10:42:13` on the reader's own clock: for budgets, breakers and sign-ins, which keep real time in demo too. */
export const formatWallClock = (us: Micros): string =>
  new Date(us / 1_000).toLocaleTimeString('en-GB', { hourCycle: 'h23' })
/** `Mon 30 Nov 16:05` on the reader's own clock and calendar: when a sign-in runs out. */
export const formatWallDay = (us: Micros): string =>
  new Date(us / 1_000)
    .toLocaleString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    .replaceAll(',', '')
/** `23 Nov 2026` of a trading date `2026-11-23`. */
export const formatTradingDate = (date: string): string =>
  formatDate(Date.parse(`${date}T00:00:00Z`) * 1_000, UTC)

/** `8s`, `3m`, `2h 14m`, `4d`: whole units, rounded down, for ages and waits. Never negative. */
export function formatSpan(us: number): string {
  if (us < MINUTE_US) return `${Math.max(0, Math.floor(us / SECOND_US))}s`
  if (us < HOUR_US) return `${Math.floor(us / MINUTE_US)}m`
  const hours = Math.floor(us / HOUR_US)
  if (hours >= 48) return `${Math.floor(hours / 24)}d`
  const minutes = Math.floor((us % HOUR_US) / MINUTE_US)
  return minutes === 0 ? `${hours}h` : `${hours}h ${minutes}m`
}

/** The same to the second, for one number that people watch: `3m 07s`. */
export function formatSpanExact(us: number): string {
  if (us < MINUTE_US || us >= HOUR_US) return formatSpan(us)
  const seconds = Math.floor((us % MINUTE_US) / SECOND_US)
  return `${Math.floor(us / MINUTE_US)}m ${String(seconds).padStart(2, '0')}s`
}
