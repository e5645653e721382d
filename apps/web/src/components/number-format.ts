// How prices, changes and volumes are written. A value that is not known is an en dash, never a zero.
import type { AssetClass } from '@onetape/market'

export const UNKNOWN = '–'
const MINUS = '−'

const formats = new Map<string, Intl.NumberFormat>()

function fixed(places: number): Intl.NumberFormat {
  const key = `fixed:${places}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
    formats.set(key, format)
  }
  return format
}

const compact = new Intl.NumberFormat('en-US', {
  notation: 'compact',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
})
const small = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/**
 * Decimals a price is written with. US equities quote in cents from a dollar up and in hundredths of a cent below
 * (SEC Rule 612); coins have no common increment, so the smaller the price, the more digits it gets.
 */
export function pricePlaces(price: number, assetClass: AssetClass): number {
  const size = Math.abs(price)
  if (assetClass === 'fx') return size >= 20 ? 3 : 5
  if (assetClass !== 'crypto') return size >= 1 ? 2 : 4
  if (size >= 100) return 2
  if (size >= 1) return 3
  if (size >= 0.01) return 5
  return size === 0 ? 2 : Math.min(12, 3 - Math.floor(Math.log10(size)))
}

export const formatPrice = (price: number | null | undefined, places: number): string =>
  price === null || price === undefined ? UNKNOWN : fixed(places).format(price).replace('-', MINUS)

/** With its sign always, so that a change reads without its colour. */
export function formatChange(change: number | null | undefined, places: number): string {
  if (change === null || change === undefined) return UNKNOWN
  const text = fixed(places).format(Math.abs(change))
  return `${signOf(change, text)}${text}`
}

export function formatPercent(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return UNKNOWN
  const text = fixed(2).format(Math.abs(percent))
  return `${signOf(percent, text)}${text}%`
}

/** A change too small to show has no sign: +0.00 would claim one. */
const signOf = (value: number, text: string): string => (!/[1-9]/.test(text) ? '' : value > 0 ? '+' : MINUS)

/** 12.34M from a thousand up; below it the number itself. */
export function formatVolume(volume: number | null | undefined): string {
  if (volume === null || volume === undefined) return UNKNOWN
  return volume >= 1_000 ? compact.format(volume) : small.format(volume)
}

export const formatSize = (size: number | null | undefined): string =>
  size === null || size === undefined ? UNKNOWN : size >= 1_000 ? whole.format(size) : small.format(size)

export const formatCount = (count: number): string => whole.format(count)

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `1.24 GB`: three digits that count, in thousands. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 1_000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** unit
  const places = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${fixed(places).format(value)} ${BYTE_UNITS[unit]}`
}
