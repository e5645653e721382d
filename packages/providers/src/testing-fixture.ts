import { readFileSync } from 'node:fs'

/** Text of a vendor's fixture: `fixture('polygon/fixtures/dividends.json')`. */
export const fixture = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
