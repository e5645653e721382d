import { createFileRoute, type SearchSchemaInput, stripSearchParams } from '@tanstack/react-router'
import { CLASS_CHOICES, type ClassChoice } from '../components/source-matrix.ts'
import { SourcesPage } from '../pages/SourcesPage.tsx'

export interface SourcesSearch {
  assetClass: ClassChoice
  /** The source that is looked at. */
  source?: string
  /** Back from a sign-in at a vendor: the name of the new source, or why there is none. */
  connected?: string
  problem?: string
}

const lineIn = (raw: unknown, max: number): string | undefined =>
  typeof raw === 'string' && raw !== '' ? raw.slice(0, max) : undefined

export const Route = createFileRoute('/sources')({
  validateSearch: (raw: Partial<SourcesSearch> & SearchSchemaInput): SourcesSearch => ({
    assetClass: CLASS_CHOICES.find((choice) => choice === raw.assetClass) ?? 'all',
    source: lineIn(raw.source, 64),
    connected: lineIn(raw.connected, 64),
    problem: lineIn(raw.problem, 400),
  }),
  search: { middlewares: [stripSearchParams({ assetClass: 'all' as const })] },
  component: SourcesPage,
})
