import { createFileRoute, type SearchSchemaInput, stripSearchParams } from '@tanstack/react-router'
import { CLASS_CHOICES, type ClassChoice } from '../components/source-matrix.ts'
import { SourcesPage } from '../pages/SourcesPage.tsx'

export interface SourcesSearch {
  assetClass: ClassChoice
  /** The source that is looked at. */
  source?: string
}

export const Route = createFileRoute('/sources')({
  validateSearch: (raw: Partial<SourcesSearch> & SearchSchemaInput): SourcesSearch => ({
    assetClass: CLASS_CHOICES.find((choice) => choice === raw.assetClass) ?? 'all',
    source: typeof raw.source === 'string' && raw.source !== '' ? raw.source.slice(0, 64) : undefined,
  }),
  search: { middlewares: [stripSearchParams({ assetClass: 'all' as const })] },
  component: SourcesPage,
})
