// What the signed-in person owns: sources, orders, pins, simulated outages. Every page asks and changes it through
// these hooks; live.ts alone hears of changes made elsewhere and calls `changed`, which asks again.
import type { MineChange, OrdersReport, PinReport } from '@onetape/api/router'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { inferInput } from '@trpc/tanstack-react-query'
import { client, isConflict, trpc } from './trpc.ts'

/** Health and last calls move by themselves while someone looks. */
const HEALTH_EVERY_MS = 3_000

export const useVendors = () => useQuery({ ...trpc.mine.vendors.queryOptions(), staleTime: 300_000 })

export const useMySources = () =>
  useQuery({
    ...trpc.mine.sources.queryOptions(),
    staleTime: HEALTH_EVERY_MS,
    refetchInterval: HEALTH_EVERY_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: 'always',
    retry: false,
  })

/** Failed calls of one source, grouped, in plain words. */
export const useProblems = (id: string) =>
  useQuery({
    ...trpc.mine.problems.queryOptions({ id }),
    staleTime: HEALTH_EVERY_MS,
    refetchInterval: 2 * HEALTH_EVERY_MS,
    refetchIntervalInBackground: false,
    retry: false,
  })

/** Where a source that is connected already would best stand in each order. */
export const usePlaces = (id: string) => useQuery({ ...trpc.mine.places.queryOptions({ id }), staleTime: 0 })

export const useOrders = () => useQuery(trpc.mine.orders.queryOptions())
export const usePins = () => useQuery(trpc.mine.pins.queryOptions())

/** They run out by themselves, so they are asked again. */
export const useOutages = () =>
  useQuery({
    ...trpc.mine.outages.queryOptions(),
    refetchInterval: 10_000,
    refetchIntervalInBackground: false,
  })

/** What each change makes old. Answers of the router hang on all of them but watchlists. */
function touched(what: MineChange): { queryKey: readonly unknown[] }[] {
  const routed = [
    trpc.explain.pathFilter(),
    trpc.quote.pathFilter(),
    trpc.snapshot.pathFilter(),
    trpc.bars.pathFilter(),
    trpc.fundamentals.pathFilter(),
    trpc.optionsChain.pathFilter(),
  ]
  switch (what) {
    case 'sources':
      return [trpc.mine.pathFilter(), trpc.providers.pathFilter(), ...routed]
    case 'orders':
      return [trpc.mine.orders.pathFilter(), ...routed]
    case 'pins':
      return [trpc.mine.pins.pathFilter(), ...routed]
    case 'outages':
      return [trpc.mine.outages.pathFilter(), trpc.mine.orders.pathFilter(), ...routed]
    case 'watchlists':
      return [trpc.watchlists.pathFilter()]
    case 'account':
      return [trpc.account.pathFilter()]
  }
}

/** Changes of watchlists are sent one at a time, in the order in which they were made. */
export const WATCHLISTS_SCOPE = 'watchlists'

/** Something was changed, here or elsewhere: what shows it is asked again. */
export const changed = (queryClient: QueryClient, what: MineChange): Promise<unknown> =>
  Promise.all(touched(what).map((filter) => queryClient.invalidateQueries(filter)))

/** All of it may have changed: the stream that tells of changes was away for a while. */
export const missedChanges = (queryClient: QueryClient): Promise<unknown> =>
  Promise.all([
    changed(queryClient, 'sources'),
    changed(queryClient, 'watchlists'),
    changed(queryClient, 'account'),
  ])

/** For a mutation: what it changed is asked again whether it succeeded or not (a conflict shows what is there now). */
const useSettle = (what: MineChange) => {
  const queryClient = useQueryClient()
  return { networkMode: 'always' as const, onSettled: () => changed(queryClient, what) }
}

// Sources of one's own. What takes a secret (probe, connect, replaceKey, signInBegin) goes through secret-call.ts.

export const useTestSource = () => useMutation(trpc.mine.test.mutationOptions(useSettle('sources')))
export const usePauseSource = () => useMutation(trpc.mine.pause.mutationOptions(useSettle('sources')))
export const useRenameSource = () => useMutation(trpc.mine.rename.mutationOptions(useSettle('sources')))
export const useSetPrimary = () => useMutation(trpc.mine.setPrimary.mutationOptions(useSettle('sources')))
export const useRemoveSource = () => useMutation(trpc.mine.remove.mutationOptions(useSettle('sources')))

// Orders, pins, outages: shown as wished at once, taken back when refused.

type SetOrder = inferInput<typeof trpc.mine.setOrder>
type SetPin = inferInput<typeof trpc.mine.setPin>

/**
 * Sets (or with null takes away) one row of the orders. The new order stands at once; when it is refused what was
 * there comes back, and `isConflict(error)` says that it was changed elsewhere meanwhile.
 */
export function useSetOrder() {
  const queryClient = useQueryClient()
  const { queryKey } = trpc.mine.orders.queryOptions()
  const isRow = (row: OrdersReport['rows'][number], input: SetOrder) =>
    row.kind === input.kind && row.assetClass === input.assetClass
  const put = (input: SetOrder, patch: Partial<OrdersReport['rows'][number]>) =>
    queryClient.setQueryData(
      queryKey,
      (was: OrdersReport | undefined) =>
        was && { ...was, rows: was.rows.map((row) => (isRow(row, input) ? { ...row, ...patch } : row)) },
    )
  return useMutation({
    networkMode: 'always',
    mutationFn: (input: SetOrder) => client.mine.setOrder.mutate(input),
    onMutate: async (input) => {
      await queryClient.cancelQueries({ queryKey })
      const was = queryClient.getQueryData(queryKey)?.rows.find((row) => isRow(row, input))
      put(input, { order: input.order })
      return was
    },
    // The next edit names the version that this one made, without waiting for the rows to be asked again.
    onSuccess: ({ version }, input) => put(input, { version }),
    onError: (_error, input, was) => was && put(input, { order: was.order, version: was.version }),
    onSettled: () => changed(queryClient, 'orders'),
  })
}

/** Pins one kind of data of an instrument to a source; `source: null` takes the pin away. */
export function useSetPin() {
  const queryClient = useQueryClient()
  const { queryKey } = trpc.mine.pins.queryOptions()
  return useMutation({
    networkMode: 'always',
    mutationFn: (input: SetPin) => client.mine.setPin.mutate(input),
    onMutate: async ({ key, kind, source }) => {
      await queryClient.cancelQueries({ queryKey })
      const was = queryClient.getQueryData(queryKey)
      queryClient.setQueryData(queryKey, (pins: PinReport[] | undefined) =>
        pins?.flatMap((pin) =>
          pin.key !== key || pin.kind !== kind ? [pin] : source === null ? [] : [{ ...pin, source }],
        ),
      )
      return was
    },
    onError: (_error, _input, was) => was && queryClient.setQueryData(queryKey, was),
    onSettled: () => changed(queryClient, 'pins'),
  })
}

/** Switches a source off for this person alone, for some minutes. */
export const useSimulateOutage = () =>
  useMutation(trpc.mine.simulateOutage.mutationOptions(useSettle('outages')))
export const useEndOutage = () => useMutation(trpc.mine.endOutage.mutationOptions(useSettle('outages')))

/** The receipts of what the tape holds of an instrument, newest first. */
export const useStoredReceipts = (key: string, limit: number) =>
  useQuery(trpc.receipts.queryOptions({ key, limit }))

export { isConflict }
