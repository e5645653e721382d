import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { hearOtherTabs, isLeaving, useMe } from '../api/account.ts'
import { trpc } from '../api/trpc.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { isDoor } from './door.ts'
import { SignInForm } from './SignInForm.tsx'
import { type Holder, holderOf, sessionChange } from './session-change.ts'

/**
 * Stands once on every page and knows whose page it is. Nobody's is led to the door; where a session ended under
 * somebody's hands it says so over the page, which keeps what they typed; a page of somebody else is loaded anew.
 */
export function SessionGuard() {
  const me = useMe()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const location = useRouterState({ select: (state) => state.location })
  const opened = useRef<(Holder & { email: string }) | null>(null)
  const [hasEnded, setEnded] = useState(false)
  const atDoor = isDoor(location.pathname)

  useEffect(
    () => hearOtherTabs(() => void queryClient.invalidateQueries(trpc.account.me.pathFilter())),
    [queryClient],
  )
  useEffect(() => {
    if (!me || isLeaving()) return
    const now = holderOf(me)
    opened.current ??= { ...now, email: me.user?.email ?? '' }
    const change = sessionChange(opened.current, now)
    if (atDoor) {
      // Who stands at the door holds nothing yet.
      opened.current = null
      setEnded(false)
    } else if (change === 'nobody') {
      opened.current = null
      void navigate({ to: '/sign-in', search: { to: location.href }, replace: true })
    } else if (change === 'other') window.location.reload()
    else if (change === 'ended') setEnded(true)
    else if (hasEnded) {
      setEnded(false)
      // What was refused meanwhile is asked again.
      void queryClient.invalidateQueries()
    }
  }, [me, atDoor, location.href, hasEnded, navigate, queryClient])

  if (!hasEnded || atDoor) return null
  return (
    <SessionEnded
      email={opened.current?.email ?? ''}
      isDemo={me?.mode === 'demo'}
      onEntered={() => void queryClient.invalidateQueries(trpc.account.me.pathFilter())}
    />
  )
}

interface EndedProps {
  email: string
  isDemo: boolean
  onEntered: () => void
}

function SessionEnded({ email, isDemo, onEntered }: EndedProps) {
  const stay = () => {}
  return (
    <Dialog label="Your session has ended" onClose={stay} className="w-[min(26rem,calc(100vw-1.5rem))]!">
      <div className="max-h-[inherit] overflow-y-auto p-5">
        <h2 className="text-[15px] font-semibold">Your session has ended</h2>
        <p className="pt-1 pb-4 text-[13px] text-muted">
          It was ended from another device or tab, or has run out. Sign in again: what you typed on this page
          is still there.
        </p>
        <SignInForm
          email={email}
          onEntered={onEntered}
          action="Sign in again"
          beside={
            <Button
              onClick={() => window.location.assign(isDemo ? '/' : '/sign-in')}
              className="h-8.5 max-sm:h-11"
            >
              {isDemo ? 'Go on as the demo user' : 'As somebody else'}
            </Button>
          }
        />
      </div>
    </Dialog>
  )
}
