// Yahoo's quotes: a hundred symbols a call.
import type { Micros, Snapshot } from '@onetape/market'
import type { CallOptions, Fetched, SnapshotsRequest } from '../contract.ts'
import { chunksOf, inPieces } from '../http/bounded.ts'
import { askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import type { YahooClient } from './client.ts'
import { isGone, normalizeQuote } from './normalize.ts'
import { parseQuotes, quoteSchema } from './payload.ts'
import { yahooFromRef } from './symbols.ts'

const NAME = 'yahoo'
const BATCH = 100
const IN_FLIGHT = 4

type Now = () => Micros

export async function fetchSnapshots(
  client: YahooClient,
  { assetClass, refs }: SnapshotsRequest,
  now: Now,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  const asked = askedFor(refs === 'all' ? [] : refs, yahooFromRef)
  const batches = chunksOf([...asked.refs.keys()], BATCH)
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const { done, failure } = await inPieces(batches, inFlight, async (batch) => {
    const answer = await client.fetchQuotes(batch, options)
    return { batch, rows: parseQuotes(answer.text), calls: answer.calls }
  })
  const present = done.flatMap((d) => d.rows).filter((raw) => !isGone(raw))
  const nameOf = (raw: unknown) => textField(raw, 'symbol')
  const { rows, dropped } = readRows(present, {
    schema: quoteSchema,
    nameOf,
    normalize: (row): Snapshot | string => {
      const ref = asked.refs.get(row.symbol)
      if (!ref) return 'was not asked for'
      const snapshot = normalizeQuote(row)
      // The house's own name wins: what was asked for is what the answer is about.
      return typeof snapshot === 'string' ? snapshot : { ...snapshot, quote: { ...snapshot.quote, ...ref } }
    },
  })
  const came = new Set(present.map((raw) => nameOf(raw) ?? ''))
  const answered = {
    ...asked,
    refs: new Map(done.flatMap((d) => d.batch.map((s) => [s, asked.refs.get(s)!]))),
  }
  return {
    rows,
    dropped,
    missing: missingOf(answered, came),
    fetchedAt: now(),
    calls: done.reduce((sum, d) => sum + d.calls, 0),
    ...(failure ? { failure } : {}),
  }
}
