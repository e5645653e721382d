// The live streams run while somebody is signed in (in demo that is always so) and rest while nobody is. They are of
// whoever opened them: when somebody else signs in on the same page they begin anew.
import { type QueryClient, QueryObserver } from '@tanstack/react-query'
import { meQuery } from './account.ts'
import { startLive } from './live.ts'

/** Call once. Starts at once, without waiting to hear who it is: most page loads are of somebody signed in. */
export function followWhileSignedIn(queryClient: QueryClient): void {
  let stop: (() => void) | null = startLive(queryClient)
  let follower: string | null = null
  new QueryObserver(queryClient, meQuery).subscribe(({ data }) => {
    if (!data) return
    const userId = data.user?.id ?? null
    const isOfAnother = follower !== null && userId !== follower
    follower = userId
    if (userId === null || isOfAnother) {
      stop?.()
      stop = null
    }
    if (userId !== null) stop ??= startLive(queryClient)
  })
}
