// The difference of two prices, with the digits of the prices: 234.56 - 230.11 is 4.45, not 4.449999999999989.

/** Powers of ten that most prices are whole multiples of, smallest first. */
const SCALES = [1e2, 1e4, 1e6, 1e8] as const

/** Null without a previous close. */
export function changeOf(last: number | null, previousClose: number | null): number | null {
  if (last === null || previousClose === null || previousClose <= 0) return null
  for (const scale of SCALES) {
    if (isMultiple(last, scale) && isMultiple(previousClose, scale)) {
      return Math.round((last - previousClose) * scale) / scale
    }
  }
  const digits = Math.max(decimalsOf(last), decimalsOf(previousClose))
  return Number((last - previousClose).toFixed(digits))
}

/** In percent, to four digits. */
export const percentOf = (change: number | null, previousClose: number | null): number | null =>
  change === null || previousClose === null ? null : Math.round((change / previousClose) * 1e6) / 1e4

const isMultiple = (n: number, scale: number): boolean => Math.round(n * scale) / scale === n

function decimalsOf(n: number): number {
  const [mantissa = '', exponent = '0'] = String(n).split('e')
  const decimals = (mantissa.split('.')[1]?.length ?? 0) - Number(exponent)
  return Math.min(Math.max(decimals, 0), 15)
}
