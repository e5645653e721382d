// What is known of the sources, asked again every two seconds while someone looks.
import { useQuery } from '@tanstack/react-query'
import { trpc } from './trpc.ts'

const EVERY_MS = 2_000
/** Some answers missed in a row, and what is shown is said to be old. */
const OLD_AFTER_MS = 7_000

export const useSources = () =>
  useQuery({
    ...trpc.providers.queryOptions(),
    staleTime: EVERY_MS,
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
    retry: false,
  })

/** Whether an answer of that (browser) time is older than it should be. */
export const isOld = (answeredAtMs: number, nowMs: number): boolean => nowMs - answeredAtMs > OLD_AFTER_MS
