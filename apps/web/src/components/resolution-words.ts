// How long bars are, in words: `90m` is 90 minutes.
const UNITS: Readonly<Record<string, string>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
}

export function resolutionWords(name: string): string {
  const [, count, unit] = /^(\d+)([a-z]+)$/.exec(name) ?? []
  const word = unit === undefined ? undefined : UNITS[unit]
  if (word === undefined) return name
  return `${count} ${word}${count === '1' ? '' : 's'}`
}
