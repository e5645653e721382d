// A receipt in sentences, for a person who asks where a number comes from.
import type { Attempt, Receipt } from './receipt.ts'

/** One line of what the answer is, then one for each source that was asked or passed over. */
export function explainReceipt(receipt: Receipt): string[] {
  return [headline(receipt), ...receipt.attempts.map(attemptLine)]
}

function headline({
  ref,
  source,
  feed,
  freshness,
  delayedMinutes,
  basis,
  converted,
  currency,
  ageMs,
}: Receipt): string {
  if (source === null) return `nobody could answer for ${ref.symbol}`
  const parts = [
    `${ref.symbol} from ${source}${feed ? ` (${feed})` : ''}, ${freshness}`,
    ageMs === null ? null : `${ageWords(ageMs)} old`,
    delayedMinutes ? `the feed runs ${delayedMinutes} minutes late` : null,
    currency ? `in ${currency}` : null,
    basis ? `${basis} prices` : null,
    converted
      ? `converted from ${converted.from} with the corporate actions of ${converted.actionsSource}`
      : null,
  ]
  return parts.filter((part) => part !== null).join(', ')
}

function attemptLine({ source, outcome, reason, message, latencyMs, calls }: Attempt): string {
  const took = latencyMs === null ? '' : ` in ${Math.round(latencyMs)} ms, ${calls.length} calls`
  const why = reason ? ` (${reason})` : ''
  return `${source} ${outcome}${took}${why}${message ? `: ${message}` : ''}`
}

function ageWords(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
