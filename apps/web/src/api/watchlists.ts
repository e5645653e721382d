// The signed-in person's lists: read once, changed as wished at once and taken back when refused. Changes made elsewhere
// come through live.ts, which has them asked again.
import type { Watchlist, WatchlistItem } from '@onetape/api/router'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { changed, WATCHLISTS_SCOPE } from './mine.ts'
import { client, trpc } from './trpc.ts'

const listsKey = () => trpc.watchlists.list.queryOptions().queryKey

export const useWatchlists = () => useQuery(trpc.watchlists.list.queryOptions())

type Patch = (lists: Watchlist[]) => Watchlist[]

interface Change<I, R> {
  send(input: I): Promise<R>
  /** What is shown until the answer is there. */
  shown(lists: Watchlist[], input: I): Watchlist[]
  /** What the answer says beside that: the new version. */
  answered?(result: R, input: I): Patch
}

function useChange<I, R>({ send, shown, answered }: Change<I, R>) {
  const queryClient = useQueryClient()
  const put = (patch: Patch) => queryClient.setQueryData<Watchlist[]>(listsKey(), (was) => was && patch(was))
  return useMutation({
    networkMode: 'always',
    // One at a time, in the order in which they were made: each names the version that the one before it made.
    scope: { id: WATCHLISTS_SCOPE },
    mutationFn: send,
    onMutate: async (input: I) => {
      await queryClient.cancelQueries({ queryKey: listsKey() })
      put((lists) => shown(lists, input))
    },
    onSuccess: (result, input) => {
      if (answered) put(answered(result, input))
    },
    onSettled: () => {
      // While others wait, what is shown is ahead of what would be read.
      if (queryClient.isMutating() <= 1) void changed(queryClient, 'watchlists')
    },
  })
}

const patchOf =
  (id: string, patch: Partial<Watchlist> | ((list: Watchlist) => Partial<Watchlist>)): Patch =>
  (lists) =>
    lists.map((list) =>
      list.id === id ? { ...list, ...(typeof patch === 'function' ? patch(list) : patch) } : list,
    )

/** By the time it is sent, an earlier change may have made another version. */
const versionOf = (queryClient: QueryClient, id: string): number =>
  queryClient.getQueryData<Watchlist[]>(listsKey())?.find((list) => list.id === id)?.version ?? 1

const inOrderOf = <T>(all: readonly T[], order: readonly string[], idOf: (one: T) => string): T[] => {
  const byId = new Map(all.map((one) => [idOf(one), one]))
  return order.flatMap((id) => byId.get(id) ?? [])
}

export function useListChanges() {
  const queryClient = useQueryClient()
  const create = useChange({
    send: (input: { name: string; keys?: string[]; position?: number }) =>
      client.watchlists.create.mutate(input),
    shown: (lists) => lists,
  })
  const rename = useChange({
    send: ({ id, name }: { id: string; name: string }) =>
      client.watchlists.rename.mutate({ id, name, version: versionOf(queryClient, id) }),
    shown: (lists, { id, name }) => patchOf(id, { name })(lists),
    answered: ({ version }, { id }) => patchOf(id, { version }),
  })
  const remove = useChange({
    send: (input: { id: string }) => client.watchlists.remove.mutate(input),
    shown: (lists, { id }) => lists.filter((list) => list.id !== id),
  })
  const reorder = useChange({
    send: (input: { ids: string[] }) => client.watchlists.reorder.mutate(input),
    shown: (lists, { ids }) => inOrderOf(lists, ids, (list) => list.id),
  })
  const setItems = useChange({
    send: ({ id, keys }: { id: string; keys: string[] }) =>
      client.watchlists.setItems.mutate({ id, keys, version: versionOf(queryClient, id) }),
    shown: (lists, { id, keys }) =>
      patchOf(id, ({ items }) => ({ items: inOrderOf(items, keys, (item) => item.key) }))(lists),
    answered: ({ version }, { id }) => patchOf(id, { version }),
  })
  const add = useChange({
    send: ({ id, item }: { id: string; item: WatchlistItem }) =>
      client.watchlists.add.mutate({ id, keys: [item.key] }),
    shown: (lists, { id, item }) =>
      patchOf(id, ({ items }) => ({
        items: items.some((one) => one.key === item.key) ? items : [...items, item],
      }))(lists),
    answered: ({ version }, { id }) => patchOf(id, { version }),
  })
  const drop = useChange({
    send: ({ id, keys }: { id: string; keys: string[] }) => client.watchlists.drop.mutate({ id, keys }),
    shown: (lists, { id, keys }) =>
      patchOf(id, ({ items }) => ({ items: items.filter((item) => !keys.includes(item.key)) }))(lists),
    answered: ({ version }, { id }) => patchOf(id, { version }),
  })
  return { create, rename, remove, reorder, setItems, add, drop }
}

export type ListChanges = ReturnType<typeof useListChanges>

export function useImportList() {
  const queryClient = useQueryClient()
  return useMutation({
    networkMode: 'always',
    mutationFn: (input: { name: string; text: string }) => client.watchlists.import.mutate(input),
    onSettled: () => changed(queryClient, 'watchlists'),
  })
}

export const exportList = (id: string) => client.watchlists.export.query({ id })

const RENEW_AGAIN_MS = 5_000

/** While a page shows the list, its symbols are asked for as often as any; a hidden page shows nothing. */
export function useWatch(id: string | null, items: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that holds others is watched anew at once.
  useEffect(() => {
    if (id === null) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let over = false
    const renew = async () => {
      clearTimeout(timer)
      if (over || document.hidden) return
      const answer = await client.watchlists.watch.mutate({ id }).catch(() => null)
      if (over) return
      clearTimeout(timer)
      timer = setTimeout(renew, answer?.renewWithinMs ?? RENEW_AGAIN_MS)
    }
    const onSight = () => void renew()
    void renew()
    document.addEventListener('visibilitychange', onSight)
    return () => {
      over = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onSight)
    }
  }, [id, items])
}
