/** A number as the vendor writes it: a decimal without exponent and without trailing zeros. */
export function decimal(value: number, decimals: number): string {
  const text = value.toFixed(decimals)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Decimals of a step such as 0.01, given as steps in one. */
export const decimalsOf = (steps: number): number => Math.round(Math.log10(steps))
