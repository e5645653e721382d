// Polygon's fundamentals: details of the ticker, its statements, its ratios.
import type { Fundamentals } from '@onetape/market'
import type { CallOptions, Fetched, FundamentalsRequest } from '../contract.ts'
import { ProviderError } from '../errors.ts'
import { allPieces } from '../http/bounded.ts'
import { requireCapability } from '../require-capability.ts'
import { type Rows, readRows } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import { STATEMENTS } from './client.ts'
import { accessTo, NAME, type PolygonContext } from './context.ts'
import {
  fundamentalsOf,
  normalizeDetails,
  normalizeFinancials,
  normalizeRatios,
  normalizeStatement,
  type StatementPart,
} from './normalize-company.ts'
import type { PolygonAnswer } from './pages.ts'
import { detailsSchema, financialsSchema, ratiosSchema, statementSchema } from './payload-company.ts'
import { tickerFromRef } from './symbols.ts'

export const readStatements = (list: readonly unknown[]): Rows<StatementPart> =>
  readRows(list, { schema: statementSchema, normalize: normalizeStatement })

export const readFinancials = (list: readonly unknown[]): Rows<StatementPart> =>
  readRows(list, { schema: financialsSchema, normalize: normalizeFinancials })

export const readRatios = (list: readonly unknown[]) =>
  readRows(list, { schema: ratiosSchema, normalize: normalizeRatios })

export const readDetails = (list: readonly unknown[]) =>
  readRows(list, { schema: detailsSchema, normalize: normalizeDetails })

export async function fetchFundamentals(
  c: PolygonContext,
  { ref }: FundamentalsRequest,
  options?: CallOptions,
): Promise<Fetched<Fundamentals>> {
  requireCapability(NAME, capabilities, { assetClass: ref.assetClass, need: 'fundamentals' })
  accessTo(c, ref.assetClass, 'fundamentals')
  const ticker = tickerFromRef(ref)!
  const answer = await c.client.fetchTickerDetails(ticker, options)
  if (answer.rows.length === 0) {
    return { rows: [], dropped: [], missing: [ref], fetchedAt: c.now(), calls: answer.calls }
  }
  const details = readDetails(answer.rows)
  const filed = await fetchFiled(c, ticker, options)
  const fetchedAt = c.now()
  const noun = fundamentalsOf(ref, {
    parts: filed.parts.rows,
    details: details.rows[0] ?? null,
    ratios: filed.ratios.rows[0] ?? null,
    fetchedAt,
  })
  const isEmpty = noun.periods.length === 0 && Object.keys(noun.current).length === 0
  return {
    rows: isEmpty ? [] : [noun],
    dropped: [...details.dropped, ...filed.parts.dropped, ...filed.ratios.dropped],
    missing: isEmpty ? [ref] : [],
    fetchedAt,
    calls: answer.calls + filed.calls,
  }
}

/** The newer statements and ratios; on plans that have the older form only, that. */
async function fetchFiled({ client }: PolygonContext, ticker: string, options?: CallOptions) {
  const [income, ...others] = STATEMENTS
  let first: PolygonAnswer
  try {
    first = await client.fetchStatements(income, ticker, options)
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'not_entitled') throw error
    const { rows, calls } = await client.fetchFinancials(ticker, options)
    return { parts: readFinancials(rows), ratios: readRatios([]), calls: calls + 1 }
  }
  const inFlight = { limit: 3, signal: options?.signal }
  const asks = [
    ...others.map((kind) => () => client.fetchStatements(kind, ticker, options)),
    () => client.fetchRatios(ticker, options),
  ]
  const answers = await allPieces(asks, inFlight, (ask) => ask())
  const ratios = answers.pop()!
  const statements = [first, ...answers].map((answer) => readStatements(answer.rows))
  return {
    parts: { rows: statements.flatMap((s) => s.rows), dropped: statements.flatMap((s) => s.dropped) },
    ratios: readRatios(ratios.rows),
    calls: [first, ...answers, ratios].reduce((sum, a) => sum + a.calls, 0),
  }
}
