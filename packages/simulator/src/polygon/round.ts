/** Prices as the vendor writes them: four decimals, six below a dollar. */
export function rounded(price: number): number {
  const scale = price < 1 && price > -1 ? 1e6 : 1e4
  return Math.round(price * scale) / scale
}

/** Rates have more digits than prices. */
export const roundedRate = (rate: number): number => Math.round(rate * 1e6) / 1e6
