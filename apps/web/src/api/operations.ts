// What an operator asks of the running tape, asked again every three seconds while someone looks.
import { useQuery } from '@tanstack/react-query'
import { trpc } from './trpc.ts'

const EVERY_MS = 3_000

export const useOperations = () =>
  useQuery({
    ...trpc.operations.queryOptions(),
    staleTime: EVERY_MS,
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
    retry: false,
  })
