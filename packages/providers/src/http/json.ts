// JSON as it is on the wire. A double holds integers up to 2^53 exactly; vendor nanoseconds are beyond that.
import { ProviderError } from '../errors.ts'

/**
 * Who answered, for people: `Schwab's stream`. Its first word in small letters is the provider's registered name;
 * where it is not, both are given.
 */
export type Answerer = string | { name: string; label: string }

/**
 * Parses a body. Integers of 16 digits and more under one of `exactFields` come back as text, digit for digit.
 * They are quoted before parsing: on a whole-market body (4 MB, 8,000 tickers) that costs 15 ms, a reviver with
 * source access 100 ms. It cannot touch text inside a string: there, a quote before the colon is always escaped.
 */
export function parseJson(text: string, who: Answerer, exactFields: readonly string[] = []): unknown {
  const exact = exactFields.length === 0 ? text : quoteLongIntegers(text, exactFields)
  try {
    return JSON.parse(exact)
  } catch {
    const { name, label } = answererOf(who)
    throw new ProviderError('malformed', `${label} answered with ${looksLike(text)}, not JSON`, {
      provider: name,
    })
  }
}

export const answererOf = (who: Answerer): { name: string; label: string } =>
  typeof who === 'string' ? { name: nameIn(who), label: who } : who

const nameIn = (label: string): string => (/^\w+/.exec(label)?.[0] ?? label).toLowerCase()

const patterns = new Map<string, RegExp>()

function quoteLongIntegers(text: string, fields: readonly string[]): string {
  const names = fields.join('|')
  let pattern = patterns.get(names)
  if (!pattern) {
    pattern = new RegExp(`("(?:${names})"\\s*:\\s*)(\\d{16,})(?=\\s*[,}\\]])`, 'g')
    patterns.set(names, pattern)
  }
  return text.replace(pattern, '$1"$2"')
}

function looksLike(text: string): string {
  const start = text.trimStart().slice(0, 1)
  if (text.trim() === '') return 'an empty body'
  if (start === '<') return 'a web page'
  return start === '{' || start === '[' ? 'a body that is cut short' : 'plain text'
}
