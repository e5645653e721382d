// Numbers with a text to show beside them: `{ raw: 90753000000, fmt: '90.75B' }`.

const LETTERS: readonly [number, string][] = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
]

export function shortText(value: number): string {
  const step = LETTERS.find(([size]) => Math.abs(value) >= size)
  if (!step) return Math.abs(value) < 1000 ? value.toFixed(2) : value.toLocaleString('en-US')
  return `${(value / step[0]).toFixed(2)}${step[1]}`
}

export const withText = (raw: number): { raw: number; fmt: string; longFmt: string } => ({
  raw,
  fmt: shortText(raw),
  longFmt: raw.toLocaleString('en-US'),
})

/** Every number of an object with its text. */
export const allWithText = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'number' && name !== 'maxAge' && name !== 'priceHint' ? withText(value) : value,
    ]),
  )
