/**
 * Milliseconds that a vendor asks us to wait, or null when it does not say. A date is measured against the
 * answer's own `Date`, so that neither of our clocks has to agree with the vendor's.
 */
export function retryAfterMs(headers: Headers): number | null {
  const text = headers.get('retry-after')?.trim()
  if (!text) return null
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const until = Date.parse(text)
  const sent = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(until) || Number.isNaN(sent) ? null : Math.max(0, until - sent)
}

/** The vendor's clock when it answered, in microseconds, or null when the answer has no `Date`. */
export function answeredAt(headers: Headers): number | null {
  const ms = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(ms) ? null : ms * 1000
}
