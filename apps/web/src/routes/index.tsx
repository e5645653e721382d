import { createFileRoute, type SearchSchemaInput, stripSearchParams } from '@tanstack/react-router'
import { MARKET_CLASSES, type MarketQuery, SORT_COLUMNS } from '../components/market-order.ts'
import { QUOTE_STATES } from '../components/quote-freshness.ts'
import { MarketPage } from '../pages/MarketPage.tsx'

/** Most active first: what a market looks like when one looks up. */
const DEFAULTS: MarketQuery = { text: '', assetClass: 'all', sort: 'turnover', desc: true }

/** An address may hold anything; what is not ours is as if it were not there. */
const oneOf = <T extends string>(options: readonly T[], value: unknown, otherwise: T): T =>
  options.find((option) => option === value) ?? otherwise

export const Route = createFileRoute('/')({
  validateSearch: (raw: Partial<MarketQuery> & SearchSchemaInput): MarketQuery => ({
    text: raw.text === undefined ? DEFAULTS.text : String(raw.text).slice(0, 64),
    assetClass: oneOf(MARKET_CLASSES, raw.assetClass, DEFAULTS.assetClass),
    state: QUOTE_STATES.find((state) => state === raw.state),
    sort: oneOf(SORT_COLUMNS, raw.sort, DEFAULTS.sort),
    desc: typeof raw.desc === 'boolean' ? raw.desc : DEFAULTS.desc,
  }),
  search: { middlewares: [stripSearchParams(DEFAULTS)] },
  component: MarketPage,
})
