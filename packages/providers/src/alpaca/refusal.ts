// Alpaca's refusals: `{"message"}`, sometimes with a `code`; 403 stands for a bad key as well as for a missing plan.
import { z } from 'zod'
import type { BudgetLesson } from '../contract.ts'
import type { VendorFault } from '../http/request.ts'

const errorSchema = z.looseObject({ message: z.string().optional(), msg: z.string().optional() })

/** Words that only a missing plan or an unsigned agreement explains; a bad key is told `forbidden.` and no more. */
const PLAN = /subscription|not permit|entitle|upgrade|agreement|your plan|not available for/i
const UNKNOWN_SYMBOL = /invalid symbol|symbol not found|unknown symbol/i

export function explain(status: number, text: string, headers?: Headers): VendorFault | null {
  const message = messageIn(text)
  const retryAfterMs = status === 429 && headers ? resetInMs(headers, null) : null
  return { kind: kindOf(status, message ?? ''), message, ...(retryAfterMs === null ? {} : { retryAfterMs }) }
}

function kindOf(status: number, message: string): VendorFault['kind'] {
  const refused = status === 401 || status === 402 || status === 403
  // The older form of the SIP refusal came as a bad parameter (422).
  if (PLAN.test(message) && (refused || status === 422)) return 'not_entitled'
  if (refused) return 'unauthorized'
  return (status === 400 || status === 422) && UNKNOWN_SYMBOL.test(message) ? 'not_found' : undefined
}

function messageIn(text: string): string | undefined {
  try {
    const parsed = errorSchema.safeParse(JSON.parse(text))
    return parsed.success ? (parsed.data.message ?? parsed.data.msg) : undefined
  } catch {
    return undefined // the load balancer's page
  }
}

/** A symbol that the vendor refused as such and the whole list with it: `invalid symbol: FOO.X`. */
export const refusedSymbol = (message: string): string | null =>
  /invalid symbol:?\s+"?([A-Z0-9./]+)/i.exec(message)?.[1] ?? null

/** X-RateLimit-Limit, -Remaining and -Reset (unix seconds) of any answer. */
export function lessonOf(headers: Headers, nowMs: number): BudgetLesson | null {
  const limit = figure(headers, 'x-ratelimit-limit')
  const remaining = figure(headers, 'x-ratelimit-remaining')
  if (limit === null || remaining === null) return null
  const resetMs = resetInMs(headers, nowMs)
  return { scope: 'rest', limit, remaining, ...(resetMs === null ? {} : { resetMs }) }
}

/** Measured against the answer's own Date, so that neither clock of ours has to agree with the vendor's. */
function resetInMs(headers: Headers, nowMs: number | null): number | null {
  const reset = figure(headers, 'x-ratelimit-reset')
  const sentMs = Date.parse(headers.get('date') ?? '')
  const fromMs = Number.isNaN(sentMs) ? nowMs : sentMs
  return reset === null || fromMs === null ? null : Math.max(0, reset * 1000 - fromMs)
}

function figure(headers: Headers, name: string): number | null {
  const text = headers.get(name)
  return text !== null && /^\d+$/.test(text.trim()) ? Number(text) : null
}
