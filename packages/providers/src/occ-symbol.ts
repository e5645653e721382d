// US option symbols as the Options Clearing Corporation writes them, and as the house does.
// OCC: root, yymmdd, C or P, strike x 1000 in eight digits (`AAPL240517P00190000`). House: `AAPL:2024-05-17:P:190`.

const OCC = /^([A-Z0-9.]{1,8})\s*(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/
const HOUSE = /^([A-Z0-9.]{1,8}):20(\d{2})-(\d{2})-(\d{2}):([CP]):(\d+(?:\.\d{1,3})?)$/

/** House symbol of an OCC symbol, or null when it is none. */
export function optionFromOcc(text: string): string | null {
  const m = OCC.exec(text)
  if (!m) return null
  const [, root, yy, mm, dd, right, strike] = m
  return `${root}:20${yy}-${mm}-${dd}:${right}:${Number(strike) / 1000}`
}

/** OCC symbol (root not padded) of a house symbol, or null when it is none. */
export function occFromOption(symbol: string): string | null {
  const m = HOUSE.exec(symbol)
  if (!m) return null
  const [, root, yy, mm, dd, right, strike] = m
  return `${root}${yy}${mm}${dd}${right}${String(Math.round(Number(strike) * 1000)).padStart(8, '0')}`
}
