// Schwab's quotes for a list of symbols: one call for 300, unknown ones named inside the answer.
import type { Snapshot, SymbolRef } from '@onetape/market'
import type { CallOptions, Fetched, SnapshotsRequest } from '../contract.ts'
import { chunksOf, inPieces } from '../http/bounded.ts'
import { answeredAt } from '../http/retry-after.ts'
import { askedFor, missingOf } from '../missing.ts'
import { requireAccess } from '../require-access.ts'
import { requireCapability } from '../require-capability.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { normalizeLegacyQuote, normalizeQuote } from './normalize.ts'
import { isLegacyQuote, legacyQuoteSchema, NAME, parseQuotes, type Quotes, quoteSchema } from './payload.ts'
import type { SchwabContext } from './provider.ts'
import { symbolFromRef } from './symbols.ts'

const SYMBOLS_MAX = 300
const IN_FLIGHT = 4

export async function fetchSnapshots(
  { client, tier, now }: SchwabContext,
  { assetClass, refs }: SnapshotsRequest,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  requireAccess(NAME, tier, { assetClass, kind: 'quotes' })
  const asked = askedFor(refs as readonly SymbolRef[], symbolFromRef)
  const lists = chunksOf([...asked.refs.keys()], SYMBOLS_MAX)
  const { done, failure } = await inPieces(
    lists,
    { limit: IN_FLIGHT, signal: options.signal },
    async (list) => {
      const answer = await client.fetchQuotes(list, options)
      const ts = answeredAt(answer.headers) ?? now()
      const quotes = parseQuotes(answer.text)
      const wanted = quotes.rows.filter(([key]) => asked.refs.has(key))
      return { ...readQuotes({ ...quotes, rows: wanted }, ts), came: wanted.map(([key]) => key), answer }
    },
  )
  return {
    rows: done.flatMap((d) => d.rows),
    dropped: done.flatMap((d) => d.dropped),
    missing: failure ? asked.unspeakable : missingOf(asked, new Set(done.flatMap((d) => d.came))),
    fetchedAt: now(),
    calls: done.reduce((sum, d) => sum + d.answer.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

/** Rows in either form; one whose own symbol is not its key is somebody else's price. */
export function readQuotes({ rows }: Pick<Quotes, 'rows'>, answeredAt: number): Rows<Snapshot> {
  const stranger = (raw: unknown, key: string) => {
    const own = textField(raw, 'symbol')
    return own !== undefined && own !== key
  }
  const strangers = rows.filter(([key, raw]) => stranger(raw, key))
  const own = rows.filter(([key, raw]) => !stranger(raw, key)).map(([, raw]) => raw)
  const nameOf = (raw: unknown) => textField(raw, 'symbol')
  const flat = readRows(own.filter(isLegacyQuote), {
    schema: legacyQuoteSchema,
    nameOf,
    normalize: (row) => normalizeLegacyQuote(row, answeredAt),
  })
  const nested = readRows(
    own.filter((raw) => !isLegacyQuote(raw)),
    { schema: quoteSchema, nameOf, normalize: (row) => normalizeQuote(row, answeredAt) },
  )
  const mixedUp = strangers.map(([key, raw]) => ({
    row: key,
    reason: `is a row of ${textField(raw, 'symbol')}`,
  }))
  return {
    rows: [...flat.rows, ...nested.rows],
    dropped: [...flat.dropped, ...nested.dropped, ...mixedUp],
  }
}
