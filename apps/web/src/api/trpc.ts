// The typed client, the query cache, and what both do when the API is away.
import type { AppRouter } from '@onetape/api/router'
import { MutationCache, notifyManager, QueryCache, QueryClient } from '@tanstack/react-query'
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  retryLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'

const RETRY_DELAY_MAX_MS = 2_000
const RETRIES_MAX = 2

/** Waits 0.25, 0.5, 1 and then every 2 s: an API that restarts is back within a second or two. */
export const retryDelayMs = (attempt: number): number =>
  Math.min(RETRY_DELAY_MAX_MS, 250 * 2 ** Math.max(0, attempt - 1))

export const isNotFound = (error: unknown): boolean =>
  error instanceof TRPCClientError && error.data?.code === 'NOT_FOUND'

/** tRPC's code, such as `CONFLICT`; null where the answer was not ours or none came. */
export const errorCodeOf = (error: unknown): string | null =>
  error instanceof TRPCClientError && typeof error.data?.code === 'string' ? error.data.code : null

/** What was edited had been changed elsewhere meanwhile; the newer one stands. */
export const isConflict = (error: unknown): boolean => errorCodeOf(error) === 'CONFLICT'

/** What no second try would change. */
const isFinal = (error: unknown): boolean =>
  isNotFound(error) || ['UNAUTHORIZED', 'FORBIDDEN'].includes(errorCodeOf(error) ?? '')

/** One line for people. A body that is not ours (a proxy's page, nothing at all) means that the API is away. */
export function lineOf(error: unknown): string {
  if (error instanceof TRPCClientError && error.data) return error.message
  return 'The OneTape API does not answer.'
}

// What live.ts writes before a frame is drawn in that frame, not by a task after it: one pass of style and layout
// for what was scrolled and what has changed.
notifyManager.setScheduler(queueMicrotask)

/** An answer that says that nobody is signed in leads to asking who is; who reads `account.me` does the rest. */
export function noticeRefusal(error: unknown): void {
  if (errorCodeOf(error) === 'UNAUTHORIZED') void queryClient.invalidateQueries(trpc.account.me.pathFilter())
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeRefusal }),
  mutationCache: new MutationCache({ onError: noticeRefusal }),
  defaultOptions: {
    queries: {
      // A laptop without a network still reaches an API on its own loopback.
      networkMode: 'always',
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => !isFinal(error) && failures < RETRIES_MAX,
      retryDelay: (failures) => retryDelayMs(failures + 1),
    },
  },
})

const retryStream = ({ error }: { error: unknown }): true => {
  noticeRefusal(error)
  return true
}

/** A batch is as slow as its slowest: what may wait for a vendor goes alone. */
const ASKS_SOURCES = new Set(['quote', 'snapshot', 'bars', 'fundamentals', 'optionsChain'])

export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (op) => op.type === 'subscription',
      // An EventSource that met a 500 (a proxy whose API is down) closes for good; the retry opens a new one, and
      // hands the last event id over.
      true: [retryLink({ retry: retryStream, retryDelayMs }), httpSubscriptionLink({ url: '/trpc' })],
      false: splitLink({
        condition: (op) => ASKS_SOURCES.has(op.path),
        true: httpLink({ url: '/trpc' }),
        false: httpBatchLink({ url: '/trpc', maxURLLength: 4_000 }),
      }),
    }),
  ],
})

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
