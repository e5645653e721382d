// Polygon's reference calls: instruments, splits, dividends.
import type { AssetClass, CorporateAction, InstrumentInfo } from '@onetape/market'
import type { CallOptions, CorporateActionsRequest, Fetched, IDataProvider } from '../contract.ts'
import { allPieces } from '../http/bounded.ts'
import { requireCapability } from '../require-capability.ts'
import { type Rows, readRows, textField } from '../wire-rows.ts'
import { capabilities } from './capabilities.ts'
import type { PolygonClient } from './client.ts'
import { mergeActions, normalizeDividend, normalizeSplit, normalizeTicker } from './normalize-reference.ts'
import type { PolygonAnswer } from './pages.ts'
import { dividendSchema, splitSchema, tickerSchema } from './payload.ts'
import { tickerFromRef } from './symbols.ts'

const MARKETS: Record<AssetClass, string> = {
  equity: 'stocks',
  crypto: 'crypto',
  fx: 'fx',
  index: 'indices',
  option: 'options',
}
const IN_FLIGHT = 4

const tickerOf = (raw: unknown) => textField(raw, 'ticker')

export const readTickers = (rows: readonly unknown[], assetClass: AssetClass): Rows<InstrumentInfo> =>
  readRows(rows, {
    schema: tickerSchema,
    nameOf: tickerOf,
    normalize: (row) => normalizeTicker(row, assetClass),
  })

export const readSplits = (rows: readonly unknown[]): Rows<CorporateAction> =>
  readRows(rows, { schema: splitSchema, nameOf: tickerOf, normalize: normalizeSplit })

export const readDividends = (rows: readonly unknown[]): Rows<CorporateAction> =>
  readRows(rows, { schema: dividendSchema, nameOf: tickerOf, normalize: normalizeDividend })

export function createPolygonReference(
  client: PolygonClient,
  now: () => number,
): Required<Pick<IDataProvider, 'listInstruments' | 'listCorporateActions'>> {
  return {
    async listInstruments(assetClass: AssetClass, options?: CallOptions): Promise<Fetched<InstrumentInfo>> {
      requireCapability('polygon', capabilities, { assetClass, need: 'reference' })
      const answer = await client.fetchTickers(MARKETS[assetClass], options)
      return { ...readTickers(answer.rows, assetClass), missing: [], fetchedAt: now(), calls: answer.calls }
    },

    async listCorporateActions(
      { refs, from, to }: CorporateActionsRequest,
      options?: CallOptions,
    ): Promise<Fetched<CorporateAction>> {
      requireCapability('polygon', capabilities, { assetClass: 'equity', need: 'corporateActions', refs })
      const tickers = refs === 'all' ? [undefined] : refs.map((ref) => tickerFromRef(ref) ?? ref.symbol)
      const range = { from, to }
      const inFlight = { limit: IN_FLIGHT, signal: options?.signal }
      const answers = await allPieces(tickers, inFlight, async (ticker) => ({
        splits: await client.fetchSplits(ticker, range, options),
        dividends: await client.fetchDividends(ticker, range, options),
      }))
      return { ...readActions(answers), missing: [], fetchedAt: now(), calls: callsOf(answers) }
    },
  }
}

type Answers = readonly { splits: PolygonAnswer; dividends: PolygonAnswer }[]

function readActions(answers: Answers): Rows<CorporateAction> {
  const parts = answers.flatMap((a) => [readSplits(a.splits.rows), readDividends(a.dividends.rows)])
  return {
    rows: mergeActions(parts.flatMap((p) => p.rows)),
    dropped: parts.flatMap((p) => p.dropped),
  }
}

const callsOf = (answers: Answers): number =>
  answers.reduce((sum, a) => sum + a.splits.calls + a.dividends.calls, 0)
