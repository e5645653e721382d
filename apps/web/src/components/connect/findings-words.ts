// What a probe found, in words. Pure.
import type { ProbeFindings } from '@onetape/api/router'
import { formatCount } from '../number-format.ts'
import { historyWords } from '../source-matrix.ts'
import { formatSpan } from '../time-format.ts'

export type ClassFindings = ProbeFindings['classes'][number]
type Limit = ProbeFindings['limits'][number]

/** As the matrix of the sources says it: `live`, `15 min late`, `not in plan`, `none`. */
export function quotesWord({
  quotes,
  delayedMinutes,
}: Pick<ClassFindings, 'quotes' | 'delayedMinutes'>): string {
  if (quotes === 'delayed') return delayedMinutes === null ? 'late' : `${delayedMinutes} min late`
  return quotes === 'not_entitled' ? 'not in plan' : quotes
}

/** How old the quote was when it came: `0.4 s`, `15m`. */
export function ageWords(ageMs: number | null): string | null {
  if (ageMs === null) return null
  return ageMs < 10_000 ? `${(Math.max(0, ageMs) / 1_000).toFixed(1)} s` : formatSpan(ageMs * 1_000)
}

export const depthWords = ({
  charts,
  historyDays,
}: Pick<ClassFindings, 'charts' | 'historyDays'>): string => {
  if (historyDays !== null) return historyWords(historyDays)
  return charts ? 'bars' : 'none'
}

/** What else there is beside prices and bars. */
export const alsoWords = (c: Pick<ClassFindings, 'fundamentals' | 'options' | 'stream'>): string =>
  [c.fundamentals && 'figures', c.options && 'options', c.stream && 'stream'].filter(Boolean).join(', ')

const WINDOWS: Readonly<Record<number, string>> = {
  1000: 'a second',
  60000: 'a minute',
  3600000: 'an hour',
  86400000: 'a day',
}

/** `200 calls a minute`, `5 calls in 10s`. */
export function limitWords({ scope, calls, windowMs }: Limit): string {
  const each = WINDOWS[windowMs] ?? `in ${formatSpan(windowMs * 1_000)}`
  const noun = calls === 1 ? 'call' : 'calls'
  return `${formatCount(calls)} ${noun} ${each}${scope === '' || scope === 'all' ? '' : ` (${scope})`}`
}

/** Only what the vendor has at all: best first where there is nothing else to go by. */
export const known = (findings: Pick<ProbeFindings, 'classes'>): ClassFindings[] =>
  findings.classes.filter((c) => c.quotes !== 'none' || c.charts || c.fundamentals || c.options)

/** What a finished probe is summed up by. */
export function probeLine({ calls, tookMs }: Pick<ProbeFindings, 'calls' | 'tookMs'>): string {
  const took = tookMs < 995 ? `${Math.round(tookMs)} ms` : `${(tookMs / 1_000).toFixed(1)} s`
  return `Asked ${formatCount(calls)} ${calls === 1 ? 'time' : 'times'} in ${took}`
}
