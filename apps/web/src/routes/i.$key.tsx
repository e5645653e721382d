import { BASES, type Basis, TIMEFRAMES, type Timeframe } from '@onetape/market'
import { createFileRoute, type SearchSchemaInput, stripSearchParams } from '@tanstack/react-router'
import { InstrumentPage } from '../pages/InstrumentPage.tsx'

/** Which series is drawn. Without a source or basis the tape chooses, and says which it took. */
export interface SeriesChoice {
  tf: Timeframe
  source?: string
  basis?: Basis
}

const DEFAULTS = { tf: '5m' } as const satisfies SeriesChoice

export const Route = createFileRoute('/i/$key')({
  validateSearch: (raw: Partial<SeriesChoice> & SearchSchemaInput): SeriesChoice => ({
    tf: TIMEFRAMES.find((tf) => tf === raw.tf) ?? DEFAULTS.tf,
    source: typeof raw.source === 'string' && raw.source !== '' ? raw.source.slice(0, 64) : undefined,
    basis: BASES.find((basis) => basis === raw.basis),
  }),
  search: { middlewares: [stripSearchParams(DEFAULTS)] },
  component: InstrumentPage,
})
