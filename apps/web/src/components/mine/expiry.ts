// How long a sign-in at a vendor still lasts: calm, then a warning two days ahead, then over. Pure; wall time.
import { HOUR_US, type Micros } from '@onetape/market'
import { formatSpan } from '../time-format.ts'

export const WARN_AHEAD_US = 48 * HOUR_US

export interface ExpiryView {
  tone: 'plain' | 'warn' | 'alarm'
  words: string
}

export function expiryView(expiresAt: Micros, now: Micros): ExpiryView {
  const left = expiresAt - now
  if (left <= 0) return { tone: 'alarm', words: `Sign-in ran out ${formatSpan(-left)} ago` }
  return { tone: left <= WARN_AHEAD_US ? 'warn' : 'plain', words: `Sign-in lasts ${leftWords(left)}` }
}

/** `6d 23h`, `5h 12m`, `48s`: both units while the first alone would say too little. */
function leftWords(us: number): string {
  const hours = Math.floor(us / HOUR_US)
  return hours >= 24 ? `${Math.floor(hours / 24)}d ${hours % 24}h` : formatSpan(us)
}
