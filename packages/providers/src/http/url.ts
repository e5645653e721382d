type QueryValue = string | number | boolean | readonly string[] | undefined

/** An address under a base that may carry a path prefix; a list repeats its key, `undefined` leaves it out. */
export function urlOf(base: string, path: string, query: Record<string, QueryValue> = {}): URL {
  const url = new URL(base.replace(/\/+$/, '') + path)
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue
    if (typeof value === 'object') for (const one of value) url.searchParams.append(key, one)
    else url.searchParams.set(key, String(value))
  }
  return url
}
