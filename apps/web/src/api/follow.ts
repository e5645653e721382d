// The live streams run while somebody is signed in (in demo that is always so) and rest while nobody is.
import { type QueryClient, QueryObserver } from '@tanstack/react-query'
import { meQuery } from './account.ts'
import { startLive } from './live.ts'

/** Call once. Starts at once, without waiting to hear who it is: most page loads are of somebody signed in. */
export function followWhileSignedIn(queryClient: QueryClient): void {
  let stop: (() => void) | null = startLive(queryClient)
  new QueryObserver(queryClient, meQuery).subscribe(({ data }) => {
    if (!data) return
    if (data.user === null) {
      stop?.()
      stop = null
    } else stop ??= startLive(queryClient)
  })
}
