import { BASES, TIMEFRAMES } from '@onetape/market'
import { createFileRoute, type SearchSchemaInput } from '@tanstack/react-router'
import type { SeriesChoice } from '../components/use-bars.ts'
import { InstrumentPage } from '../pages/InstrumentPage.tsx'

export const Route = createFileRoute('/i/$key')({
  validateSearch: (raw: Partial<SeriesChoice> & SearchSchemaInput): SeriesChoice => ({
    tf: TIMEFRAMES.find((tf) => tf === raw.tf),
    source: typeof raw.source === 'string' && raw.source !== '' ? raw.source.slice(0, 64) : undefined,
    basis: BASES.find((basis) => basis === raw.basis),
  }),
  component: InstrumentPage,
})
