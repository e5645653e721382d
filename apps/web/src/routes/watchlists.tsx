import { createFileRoute, type SearchSchemaInput } from '@tanstack/react-router'
import { WatchlistsPage } from '../pages/WatchlistsPage.tsx'

export interface WatchlistsSearch {
  /** Id of the list that is shown; the first one where it is left out. */
  list?: string
}

export const Route = createFileRoute('/watchlists')({
  validateSearch: (raw: Partial<WatchlistsSearch> & SearchSchemaInput): WatchlistsSearch => ({
    list: typeof raw.list === 'string' && raw.list !== '' ? raw.list.slice(0, 64) : undefined,
  }),
  component: WatchlistsPage,
})
