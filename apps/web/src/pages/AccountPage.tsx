import type { Me } from '@onetape/api/router'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useMe } from '../api/account.ts'
import { Monogram } from '../components/AccountMenu.tsx'
import { DOOR_LINK } from '../components/DoorFrame.tsx'
import { PasswordForm } from '../components/PasswordForm.tsx'
import { SessionList } from '../components/SessionList.tsx'
import { UserList } from '../components/UserList.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Section } from '../ui/Section.tsx'

export function AccountPage() {
  const me = useMe()
  useEffect(() => {
    document.title = 'Account · OneTape'
  }, [])
  return (
    <main className="min-h-0 flex-1 overflow-y-auto bg-page">
      <div className="mx-auto flex max-w-4xl flex-col gap-3 p-4 max-sm:p-2">
        <h1 className="px-1 pt-1 text-lg font-semibold tracking-[-0.01em]">Account</h1>
        {me?.user ? <Known me={me} user={me.user} /> : <Waiting />}
      </div>
    </main>
  )
}

const Waiting = () => (
  <div role="status" aria-label="Loading the account" className="flex flex-col gap-3">
    <span className="skeleton h-20" />
    <span className="skeleton h-40" />
  </div>
)

const ROLES = {
  member: 'Own sources, orders and watchlists; sees the tape.',
  operator: 'Also runs this OneTape: operations, users and their roles.',
} as const

function Known({ me, user }: { me: Me; user: NonNullable<Me['user']> }) {
  return (
    <>
      <Section title="You">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <span className="[&>span]:size-9 [&>span]:text-sm">
            <Monogram name={user.name} isDemo={me.isDemoUser} />
          </span>
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-2 text-[15px] font-semibold">
              <span className="truncate">{me.isDemoUser ? 'Demo user' : user.name}</span>
              <Chip>{user.role}</Chip>
            </p>
            <p className="truncate text-muted">
              {me.isDemoUser ? 'Everybody who opens this demo without signing in.' : user.email}
            </p>
          </div>
          <p className="max-w-72 text-muted max-sm:basis-full">{ROLES[user.role]}</p>
        </div>
        {me.isDemoUser && (
          <p className="mt-3 border-t border-line pt-3">
            <Link to="/sign-up" search={{ to: '/account' }} className={DOOR_LINK}>
              Sign up
            </Link>{' '}
            or{' '}
            <Link to="/sign-in" search={{ to: '/account' }} className={DOOR_LINK}>
              sign in
            </Link>{' '}
            <span className="text-muted">to have sources and orders of your own.</span>
          </p>
        )}
      </Section>
      {!me.isDemoUser && (
        <>
          <SessionList />
          <PasswordForm email={user.email} />
        </>
      )}
      {user.role === 'operator' && <UserList ownId={user.id} />}
    </>
  )
}
