// Polygon's snapshots: whole markets where the vendor has them, lists under `/v3/snapshot` for the rest.
import type { AssetClass, Quote, Snapshot, SymbolRef } from '@onetape/market'
import type { CallOptions, DroppedRow, Fetched, SnapshotsRequest } from '../contract.ts'
import { byAssetClass, joinFetched } from '../fetched.ts'
import { inPieces } from '../http/bounded.ts'
import { type Asked, askedFor, missingOf } from '../missing.ts'
import { requireCapability } from '../require-capability.ts'
import { type RowReader, type Rows, readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { mixedLists, tickerLists } from './client.ts'
import { accessTo, NAME, type PolygonContext } from './context.ts'
import { normalizeSnapshot, type SnapshotContext } from './normalize.ts'
import { normalizeMixed, saysNotFound } from './normalize-mixed.ts'
import { mixedSchema } from './payload-mixed.ts'
import { isSnapshotRow, type SnapshotRow, snapshotSchema } from './payload-snapshot.ts'
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
  if (refs === 'all') return fetchMarket(c, { assetClass, behind, options })
  const asked = askedFor(refs, tickerFromRef)
  const tickers = [...asked.refs.keys()]
  const { done, failure } = await askMarket(c, { assetClass, tickers }, options)
  const fetchedAt = c.now()
  const parts = done.map(({ rows, delayed }) =>
    readRows(rows, readerOf({ assetClass, delayed: delayed || behind, fetchedAt })),
  )
  const all = { rows: parts.flatMap((p) => p.rows), dropped: parts.flatMap((p) => p.dropped) }
  const came = () => new Set(done.flatMap(({ rows }) => rows.map((raw) => tickerOf(raw) ?? '')))
  return {
    ...onlyAsked(all, asked),
    missing: failure ? [] : missingOf(asked, came()),
    fetchedAt,
    calls: done.reduce((sum, answer) => sum + answer.calls, 0),
    ...(failure ? { failure } : {}),
  }
}

const readerOf = (context: SnapshotContext): RowReader<SnapshotRow, Snapshot> => ({
  schema: snapshotSchema,
  isWellShaped: isSnapshotRow,
  nameOf: tickerOf,
  normalize: (row) => normalizeSnapshot(row, context),
})

/** The whole market: what has come is read while the rest comes, and its eight thousand rows are never all held raw. */
async function fetchMarket(
  c: PolygonContext,
  o: { assetClass: AssetClass; behind: boolean; options: CallOptions },
): Promise<Fetched<Snapshot>> {
  const { assetClass, behind, options } = o
  let rows: Snapshot[] = []
  let dropped: DroppedRow[] = []
  let read = 0
  const take = (raws: readonly unknown[], context: SnapshotContext) => {
    const part = readRows(raws, readerOf(context))
    for (const row of part.rows) rows.push(row)
    for (const { row, reason } of part.dropped)
      dropped.push({ row: typeof row === 'number' ? read + row : row, reason })
    read += raws.length
  }
  const taker = () => {
    ;[rows, dropped, read] = [[], [], 0]
    const begunAt = c.now()
    return (raws: readonly unknown[], delayed: boolean) =>
      take(raws, { assetClass, delayed: delayed || behind, fetchedAt: begunAt })
  }
  const page = await c.client.fetchSnapshots(assetClass, 'all', options, taker)
  const fetchedAt = c.now()
  take(page.rows, { assetClass, delayed: page.delayed || behind, fetchedAt })
  return { rows, dropped, missing: [], fetchedAt, calls: page.calls }
}

const onlyAsked = ({ rows, dropped }: Rows<Snapshot>, { refs }: Asked): Rows<Snapshot> => ({
  rows: rows.filter(({ quote }) => refs.has(tickerFromRef(quote)!)),
  // A row too broken to say whose it is counts too.
  dropped: dropped.filter(({ row }) => typeof row === 'number' || refs.has(row)),
})

async function askMarket(
  { client }: PolygonContext,
  { assetClass, tickers }: { assetClass: AssetClass; tickers: readonly string[] },
  options: CallOptions,
) {
  if (tickers.length === 1) {
    return { done: [await client.fetchSnapshot(assetClass, tickers[0]!, options)], failure: null }
  }
  const lists = tickerLists(tickers)
  if (lists.length > LISTS_MAX)
    return { done: [await client.fetchSnapshots(assetClass, 'all', options)], failure: null }
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
