import { BASES, TIMEFRAMES } from '@onetape/market'
import { createFileRoute, type SearchSchemaInput } from '@tanstack/react-router'
import { INSTRUMENT_VIEWS, type InstrumentView } from '../components/instrument-views.ts'
import type { SeriesChoice } from '../components/use-bars.ts'
import { InstrumentPage } from '../pages/InstrumentPage.tsx'

export interface InstrumentSearch extends SeriesChoice {
  view?: InstrumentView
}

export const Route = createFileRoute('/i/$key')({
  validateSearch: (raw: Partial<InstrumentSearch> & SearchSchemaInput): InstrumentSearch => ({
    view: INSTRUMENT_VIEWS.find((view) => view === raw.view && view !== 'chart'),
    tf: TIMEFRAMES.find((tf) => tf === raw.tf),
    source: typeof raw.source === 'string' && raw.source !== '' ? raw.source.slice(0, 64) : undefined,
    basis: BASES.find((basis) => basis === raw.basis),
  }),
  component: InstrumentPage,
})
