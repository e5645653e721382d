// The receipt of a price that lies on the tape: what its row says, and what its batch kept of how it was had.
import { type Clock, parseInstrumentKey } from '@onetape/market'
import type { Attempt, Receipt } from '@onetape/providers'
import { z } from 'zod'
import type { QuoteRow } from '../quote-row.ts'
import { isStale } from './tape-port.ts'

const attemptsSchema = z.array(
  z.object({
    source: z.string(),
    outcome: z.enum(['served', 'partial', 'empty', 'failed', 'skipped']),
    reason: z.string().nullish(),
    message: z.string().nullish(),
    startedAt: z.number().nullish(),
    latencyMs: z.number().nullish(),
    asked: z.number().default(0),
    served: z.number().default(0),
    calls: z.array(z.any()).default([]),
    retryAt: z.number().nullish(),
  }),
)

/** @param kept what the writer of the batch left in the ledger; a batch of older days left nothing. */
export function tapeReceipt(row: QuoteRow, kept: unknown, clock: Clock) {
  const now = clock.now()
  return {
    kind: 'quotes' as const,
    ref: parseInstrumentKey(row.key) ?? { assetClass: row.assetClass, symbol: row.symbol },
    source: row.source,
    feed: row.feed,
    delayedMinutes: row.delayedMinutes,
    ts: row.ts,
    tsOrigin: row.tsOrigin,
    fetchedAt: row.fetchedAt,
    ageMs: Math.max(0, Math.round((now - row.ts) / 1000)),
    freshness: isStale(row, now) ? ('stale' as const) : ('tape' as const),
    basis: null,
    converted: null,
    currency: row.currency,
    attempts: attemptsOf(row.source, kept),
    order: 'house' as const,
    answeredAt: now,
    tookMs: 0,
  } satisfies Receipt
}

/** A sweep of thousands of quotes shares what its batch kept: it is read once. */
const understood = new WeakMap<object, Attempt[] | null>()

export function attemptsOf(source: string, kept: unknown): Attempt[] {
  const attempts = typeof kept === 'object' && kept !== null ? understand(kept) : null
  if (attempts) return attempts
  const nothing = { reason: null, message: null, startedAt: null, latencyMs: null, calls: [], retryAt: null }
  return [{ source, outcome: 'served', asked: 1, served: 1, ...nothing }]
}

function understand(kept: object): Attempt[] | null {
  const known = understood.get(kept)
  if (known !== undefined) return known
  const parsed = attemptsSchema.safeParse(kept)
  const attempts =
    parsed.success && parsed.data.length > 0
      ? parsed.data.map((a) => ({
          ...a,
          reason: (a.reason ?? null) as Attempt['reason'],
          message: a.message ?? null,
          startedAt: a.startedAt ?? null,
          latencyMs: a.latencyMs ?? null,
          retryAt: a.retryAt ?? null,
        }))
      : null
  understood.set(kept, attempts)
  return attempts
}
