// Whether the page still belongs to whom it was opened by. Pure.
import type { Me } from '@onetape/api/router'

export type Holder = Pick<Me, 'isDemoUser'> & { userId: string | null }

export const holderOf = (me: Me): Holder => ({ userId: me.user?.id ?? null, isDemoUser: me.isDemoUser })

/**
 *   same    nothing happened
 *   nobody  nobody was signed in to begin with: to the door
 *   ended   the session of the person at this page was ended; what they typed stays
 *   other   somebody else is signed in now (in another tab): nothing on this page is theirs
 */
export type SessionChange = 'same' | 'nobody' | 'ended' | 'other'

export function sessionChange(opened: Holder, now: Holder): SessionChange {
  if (opened.userId === null) return now.userId === null ? 'nobody' : 'other'
  if (now.userId === opened.userId) return 'same'
  if (now.userId === null || (now.isDemoUser && !opened.isDemoUser)) return 'ended'
  return 'other'
}
