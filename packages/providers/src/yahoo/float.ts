/**
 * Chart prices are 32-bit floats written out as doubles: 136.76 arrives as 136.75999450683594, while the quote
 * of the same close says 136.76. The shortest decimal that is the same 32-bit float is the number that the vendor
 * holds. A value that is no 32-bit float is left as it is.
 */
export function shortestFloat(value: number): number {
  if (Math.fround(value) !== value) return value
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
