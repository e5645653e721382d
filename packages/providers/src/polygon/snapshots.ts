// Polygon's snapshots: whole markets where the vendor has them, lists under `/v3/snapshot` for the rest.
import type { Quote, Snapshot, SymbolRef } from '@onetape/market'
import type { CallOptions, Fetched, SnapshotsRequest } from '../contract.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { inPieces } from '../http/bounded.ts'
import { type Asked, askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { mixedLists, tickerLists } from './client.ts'
import { accessTo, NAME, type PolygonContext } from './context.ts'
import { normalizeSnapshot } from './normalize.ts'
import { normalizeMixed, saysNotFound } from './normalize-mixed.ts'
import { mixedSchema } from './payload-mixed.ts'
import { isSnapshotRow, snapshotSchema } from './payload-snapshot.ts'
import { tickerFromRef } from './symbols.ts'

const IN_FLIGHT = 4
/** A list that needs more calls than this is cheaper as the whole market. */
const LISTS_MAX = 3

const tickerOf = (raw: unknown) => textField(raw, 'ticker')

export async function fetchQuotes(
  c: PolygonContext,
  refs: readonly SymbolRef[],
  options?: CallOptions,
): Promise<Fetched<Quote>> {
  const parts = await Promise.all(byAssetClass(refs).map((group) => fetchSnapshots(c, group, options)))
  const snapshots = joinFetched(parts, c.now())
  return { ...snapshots, rows: snapshots.rows.map((s): Quote => s.quote) }
}

export async function fetchSnapshots(
  c: PolygonContext,
  { assetClass, refs }: SnapshotsRequest,
  options: CallOptions = {},
): Promise<Fetched<Snapshot>> {
  requireCapability(NAME, capabilities, { assetClass, need: 'snapshots', refs })
  const behind = accessTo(c, assetClass, 'quotes').delayedMinutes > 0
  if (refs !== 'all' && (assetClass === 'index' || assetClass === 'option')) {
    return fetchMixed(c, refs, { behind, options })
  }
  const asked = refs === 'all' ? null : askedFor(refs, tickerFromRef)
  const tickers = asked ? [...asked.refs.keys()] : 'all'
  const { done, failure } = await askMarket(c, { assetClass, tickers }, options)
  const fetchedAt = c.now()
  const parts = done.map(({ rows, delayed }) =>
    readRows(rows, {
      schema: snapshotSchema,
      isWellShaped: isSnapshotRow,
      nameOf: tickerOf,
      normalize: (row) => normalizeSnapshot(row, { assetClass, delayed: delayed || behind, fetchedAt }),
    }),
  )
  const all = { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
  const came = () => new Set(done.flatMap(({ rows }) => rows.map((raw) => tickerOf(raw) ?? '')))
  return {
    ...(asked ? onlyAsked(all, asked) : all),
    missing: asked && !failure ? missingOf(asked, came()) : [],
    fetchedAt,
    calls: done.reduce((sum, answer) => sum + answer.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

const onlyAsked = ({ rows, dropped }: Rows<Snapshot>, { refs }: Asked): Rows<Snapshot> => ({
  rows: rows.filter(({ quote }) => refs.has(tickerFromRef(quote)!)),
  // A row too broken to say whose it is counts too.
  dropped: dropped.filter(({ row }) => typeof row === 'number' || refs.has(row)),
})

async function askMarket(
  { client }: PolygonContext,
  { assetClass, tickers }: { assetClass: SnapshotsRequest['assetClass']; tickers: readonly string[] | 'all' },
  options: CallOptions,
) {
  const whole = async () => ({
    done: [await client.fetchSnapshots(assetClass, 'all', options)],
    failure: null,
  })
  if (tickers === 'all') return whole()
  if (tickers.length === 1) {
    return { done: [await client.fetchSnapshot(assetClass, tickers[0]!, options)], failure: null }
  }
  const lists = tickerLists(tickers)
  if (lists.length > LISTS_MAX) return whole()
  return inPieces(lists, { limit: IN_FLIGHT, signal: options.signal }, (list) =>
    client.fetchSnapshots(assetClass, list, options),
  )
}

/** Partial success comes inside a 200: a ticker that the vendor does not know is a row that says so. */
async function fetchMixed(
  c: PolygonContext,
  refs: readonly SymbolRef[],
  { behind, options }: { behind: boolean; options: CallOptions },
): Promise<Fetched<Snapshot>> {
  const asked = askedFor(refs, tickerFromRef)
  const inFlight = { limit: IN_FLIGHT, signal: options.signal }
  const { done, failure } = await inPieces(mixedLists([...asked.refs.keys()]), inFlight, async (list) => ({
    list,
    ...(await c.client.fetchMixed(list, options)),
  }))
  const fetchedAt = c.now()
  const present = done.flatMap((d) => d.rows).filter((raw) => !saysNotFound(raw))
  const delayed = behind || done.some((d) => d.delayed)
  const { rows, dropped } = readRows(present, {
    schema: mixedSchema,
    nameOf: tickerOf,
    normalize: (row): Snapshot | string =>
      asked.refs.has(row.ticker) ? normalizeMixed(row, { delayed, fetchedAt }) : 'was not asked for',
  })
  const answered = {
    ...asked,
    refs: new Map(done.flatMap((d) => d.list.map((t) => [t, asked.refs.get(t)!]))),
  }
  return {
    rows,
    dropped,
    missing: missingOf(answered, new Set(present.map((raw) => tickerOf(raw) ?? ''))),
    fetchedAt,
    calls: done.reduce((sum, d) => sum + d.calls, 0),
    ...(failure ? { failure } : {}),
  }
}
