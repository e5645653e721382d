import { getRouteApi, Link } from '@tanstack/react-router'
import { enterAt, useMe } from '../api/account.ts'
import { DOOR_LINK, DoorFrame } from '../components/DoorFrame.tsx'
import { SignInForm } from '../components/SignInForm.tsx'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { to } = route.useSearch()
  const me = useMe()
  return (
    <DoorFrame
      title="Sign in"
      lead={to && to !== '/' ? 'You come back to the page that you asked for.' : 'With your own account.'}
      footer={
        <ul className="flex flex-col gap-1.5">
          {me?.signUp !== 'closed' && (
            <li>
              No account yet?{' '}
              <Link to="/sign-up" search={{ to }} className={DOOR_LINK}>
                Sign up
              </Link>
            </li>
          )}
          {me?.isDemoUser && (
            <li>
              Just looking?{' '}
              <Link to="/" className={DOOR_LINK}>
                Go on as the demo user
              </Link>
            </li>
          )}
        </ul>
      }
    >
      {me?.user && !me.isDemoUser && (
        <p className="pb-4 text-[13px]">
          You are signed in as <strong className="font-semibold">{me.user.name}</strong>. Signing in as
          somebody else ends that here.
        </p>
      )}
      <SignInForm onEntered={() => enterAt(to ?? '/')} />
    </DoorFrame>
  )
}
