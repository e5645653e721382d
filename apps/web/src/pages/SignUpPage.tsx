import { getRouteApi, Link } from '@tanstack/react-router'
import { LockKeyhole } from 'lucide-react'
import { useMe } from '../api/account.ts'
import { DOOR_LINK, DoorFrame } from '../components/DoorFrame.tsx'
import { SignUpForm } from '../components/SignUpForm.tsx'

const route = getRouteApi('/sign-up')

export function SignUpPage() {
  const { to } = route.useSearch()
  const me = useMe()
  const isFirst = me?.signUp === 'first_operator'
  const isClosed = me?.signUp === 'closed'
  const lead = isClosed
    ? null
    : isFirst
      ? 'The first account of this OneTape. It becomes the operator’s.'
      : 'An account for your own sources, orders and watchlists.'
  return (
    <DoorFrame
      title={isFirst ? 'Set up this OneTape' : 'Sign up'}
      lead={lead}
      footer={
        <p>
          Already have an account?{' '}
          <Link to="/sign-in" search={{ to }} className={DOOR_LINK}>
            Sign in
          </Link>
        </p>
      }
    >
      {isClosed ? (
        <div className="flex items-start gap-3 rounded-md border border-line bg-sunken px-3 py-3">
          <LockKeyhole size={18} aria-hidden className="mt-0.5 shrink-0 text-muted" />
          <div>
            <p className="font-semibold">Sign-up is closed here</p>
            <p className="pt-0.5 text-xs text-muted">
              New accounts are not taken. Ask an operator of this OneTape to open sign-up for you.
            </p>
          </div>
        </div>
      ) : (
        // A code that is asked for late (who runs this was not known yet) keeps what was typed.
        <SignUpForm withCode={isFirst} to={to} />
      )}
    </DoorFrame>
  )
}
