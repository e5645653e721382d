// Who is signed in, their sessions, and the ways in and out. Passwords go straight to the API and are kept nowhere.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, trpc } from './trpc.ts'

const AGAIN_EVERY_MS = 15_000

/** While a password is changed the old session has ended and the new one's cookie is on its way. */
let renewal: Promise<unknown> = Promise.resolve()

/** Asked again now and then, and after every refusal: a session may be ended from anywhere. */
export const meQuery = queryOptions({
  ...trpc.account.me.queryOptions(),
  queryFn: async ({ signal }) => {
    await renewal
    return client.account.me.query(undefined, { signal })
  },
  staleTime: 5_000,
  refetchInterval: AGAIN_EVERY_MS,
  refetchOnWindowFocus: 'always' as const,
  retry: false,
})

export const useMe = () => useQuery(meQuery).data

const settled = (queryClient: ReturnType<typeof useQueryClient>) => ({
  networkMode: 'always' as const,
  onSettled: () => queryClient.invalidateQueries(trpc.account.pathFilter()),
})

export const useSessions = () =>
  useQuery({ ...trpc.account.sessions.queryOptions(), staleTime: 0, refetchInterval: AGAIN_EVERY_MS })
export const useRevokeSession = () =>
  useMutation(trpc.account.revokeSession.mutationOptions(settled(useQueryClient())))
export const useRevokeOthers = () =>
  useMutation(trpc.account.revokeOthers.mutationOptions(settled(useQueryClient())))
export const useUsers = (isOperator: boolean) =>
  useQuery({ ...trpc.account.users.queryOptions(), enabled: isOperator })
export const useSetRole = () => useMutation(trpc.account.setRole.mutationOptions(settled(useQueryClient())))

/** What the account routes answered when they said no. */
export class DoorProblem extends Error {
  /** better-auth's own code, such as `INVALID_EMAIL_OR_PASSWORD`; `AWAY` where nothing answered. */
  readonly code: string
  readonly retryAfterS: number | null

  constructor(code: string, message: string, retryAfterS: number | null = null) {
    super(message)
    this.name = 'DoorProblem'
    this.code = code
    this.retryAfterS = retryAfterS
  }
}

async function post(path: string, body: object): Promise<void> {
  let answer: Response
  try {
    answer = await fetch(`/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify(body),
    })
  } catch {
    throw new DoorProblem('AWAY', 'The OneTape API does not answer. What you typed is still here.')
  }
  if (answer.ok) return
  const told = (await answer.json().catch(() => ({}))) as { code?: unknown; message?: unknown }
  const after = Number(answer.headers.get('retry-after') ?? answer.headers.get('x-retry-after'))
  const code =
    answer.status === 429 ? 'TOO_MANY' : typeof told.code === 'string' ? told.code : `HTTP_${answer.status}`
  const line =
    typeof told.message === 'string' && told.message !== ''
      ? told.message
      : answer.status >= 500
        ? 'The OneTape API could not do it just now. What you typed is still here; try again.'
        : 'That was refused.'
  throw new DoorProblem(code, line, Number.isFinite(after) && after > 0 ? after : null)
}

export const signIn = (given: { email: string; password: string }): Promise<void> =>
  post('sign-in/email', given)

export const signUp = (given: { name: string; email: string; password: string; code?: string }) =>
  post('sign-up/email', given)

/** Begins a session anew, here and in this browser's other tabs; every other one ends. */
export async function changePassword(given: { currentPassword: string; newPassword: string }): Promise<void> {
  const sent = post('change-password', { ...given, revokeOtherSessions: true })
  renewal = sent.catch(() => {})
  await sent
  tellTabs()
}

/** Every tab of this browser has the same cookie: what one does at the door, all are told. */
const DOOR_CHANNEL = 'onetape.account'

const tellTabs = (): void => {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(DOOR_CHANNEL)
  channel.postMessage('changed')
  channel.close()
}

/** Calls back when another tab of this browser went in or out. Returns the way to stop. */
export function hearOtherTabs(told: () => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {}
  const channel = new BroadcastChannel(DOOR_CHANNEL)
  channel.onmessage = told
  return () => channel.close()
}

let leaving = false
/** This page is on its way out: what it hears of the session is no news. */
export const isLeaving = (): boolean => leaving

/**
 * To a page as somebody else: loaded anew, so that nothing in memory (answers, streams) is of the one before.
 * Only a path of our own is gone to.
 */
export function enterAt(path: string): void {
  leaving = true
  tellTabs()
  window.location.assign(ownPath(path))
}

export async function signOut(): Promise<void> {
  leaving = true
  try {
    await post('sign-out', {})
  } catch (error) {
    leaving = false
    throw error
  }
  enterAt('/')
}

/** An address of ours, else the market: a link must not lead a person who signs in to another site. */
export function ownPath(path: string | undefined): string {
  if (!path?.startsWith('/') || /^\/[/\\]/.test(path)) return '/'
  const url = new URL(path, window.location.origin)
  if (url.origin !== window.location.origin || /^\/sign-(in|up)\b/.test(url.pathname)) return '/'
  return url.pathname + url.search + url.hash
}
