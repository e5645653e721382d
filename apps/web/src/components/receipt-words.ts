// A receipt in words: what happened at each source and how fresh the answer is. Pure.
import type { Decision, Receipt } from '@onetape/api/router'
import type { Basis } from '@onetape/market'
import { plainWord } from './source-health.ts'

export type Attempt = Receipt['attempts'][number]
type Reason = NonNullable<Attempt['reason']>

const REASONS: Record<Reason, string> = {
  not_connected: 'not connected',
  paused: 'switched off by its owner',
  expired: 'sign-in has expired',
  not_entitled: 'not in its plan',
  no_capability: 'does not have it',
  breaker_open: 'left alone after failures',
  budget_gone: 'no calls left',
  other_basis: 'another price basis',
  other_currency: 'another currency',
  other_feed: 'another feed',
  deadline: 'no time was left',
  not_needed: 'not needed',
  rate_limited: 'too many calls',
  unavailable: 'unavailable',
  unauthorized: 'credentials refused',
  not_found: 'does not know it',
  malformed: 'its answer cannot be read',
  invalid_request: 'our question was wrong',
  unsupported: 'cannot do it',
}

export const reasonWords = (reason: string): string => REASONS[reason as Reason] ?? plainWord(reason)

export const BASIS_WORDS: Record<Basis, string> = {
  raw: 'as traded',
  split: 'split-adjusted',
  total: 'total return',
}

export type OrderUsed = Receipt['order']
/** Whose order was followed. */
export const ORDER_WORDS: Record<OrderUsed, string> = {
  house: 'the house’s',
  user: 'your own',
  pin: 'your pin, then the order',
}

const OUTCOMES: Record<Attempt['outcome'], string> = {
  served: 'served',
  partial: 'served a part',
  empty: 'had nothing',
  failed: 'failed',
  skipped: 'skipped',
}

export const outcomeWords = ({
  outcome,
  asked,
  served,
}: Pick<Attempt, 'outcome' | 'asked' | 'served'>): string =>
  asked > 1 && (outcome === 'served' || outcome === 'partial')
    ? `${OUTCOMES[outcome]} ${served.toLocaleString('en-US')} of ${asked.toLocaleString('en-US')}`
    : OUTCOMES[outcome]

/** "polygon did not answer": where the name stands before it already, it is left out. */
export const withoutName = (source: string, message: string): string =>
  message.startsWith(`${source} `) ? message.slice(source.length + 1) : message

/** What lies between the asking and the answer, without saying the same thing twice. */
export function attemptLine({ source, outcome, reason, message }: Attempt): string | null {
  if (reason === null) return message
  const words = reasonWords(reason)
  if (!message) return words
  const said = withoutName(source, message)
  // The router's own line says why it skipped; a vendor's says what it answered, not what that means.
  if (outcome === 'skipped' || said.toLowerCase().includes(words)) return said
  return `${words}: ${said}`
}

export type ReceiptTone = 'plain' | 'hint' | 'alarm'

/** Red when stale for its session, amber when delayed. */
export function freshnessView(receipt: Pick<Receipt, 'freshness' | 'delayedMinutes'>): {
  tone: ReceiptTone
  word: string
} {
  const { freshness, delayedMinutes } = receipt
  if (freshness === null) return { tone: 'alarm', word: 'no answer' }
  if (freshness === 'stale') return { tone: 'alarm', word: 'stale' }
  const late = delayedMinutes ? `, ${delayedMinutes} min late` : ''
  const words = { live: 'live', cached: 'cached', tape: 'from the tape' }[freshness]
  return { tone: late ? 'hint' : 'plain', word: `${words}${late}` }
}

/** Why there is no answer, source by source: those that could have given one first. */
export function whyNobody({ attempts }: Pick<Receipt, 'attempts'>): { source: string; why: string }[] {
  const weight = (a: Attempt) => (a.outcome !== 'skipped' ? 0 : a.reason === 'no_capability' ? 2 : 1)
  return [...attempts]
    .sort((a, b) => weight(a) - weight(b))
    .map((a) => ({ source: a.source, why: attemptLine(a) ?? outcomeWords(a) }))
}

export function decisionLine(decision: Decision): string {
  const { serves, ref } = decision
  if (serves === null) return `Nobody could answer for ${ref.symbol} now.`
  if (serves === 'tape')
    return `No source may be asked for ${ref.symbol} now: the tape would answer, with its age.`
  const first = decision.sources.find((s) => s.source === serves)
  const how = [
    first?.feed ? `feed ${first.feed}` : null,
    first?.delayedMinutes ? `${first.delayedMinutes} minutes late` : 'live',
    first?.basis ? BASIS_WORDS[first.basis] : null,
  ]
  return `${serves} would serve ${ref.symbol}: ${how.filter(Boolean).join(', ')}.`
}
