import type { UserReport } from '@onetape/api/router'
import { useSetRole, useUsers } from '../api/account.ts'
import { lineOf } from '../api/trpc.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Section } from '../ui/Section.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Monogram } from './AccountMenu.tsx'
import { formatDate, UTC } from './time-format.ts'

const ROLES = [
  { value: 'member', label: 'Member', title: 'Own sources, orders and watchlists' },
  { value: 'operator', label: 'Operator', title: 'Also operations, users and their roles' },
] as const

/** For an operator: who has an account, and who may run this OneTape. */
export function UserList({ ownId }: { ownId: string }) {
  const users = useUsers(true)
  const count = users.data?.length
  return (
    <Section
      title="Users and roles"
      summary={count === undefined ? undefined : count === 1 ? '1 account' : `${count} accounts`}
    >
      {users.data ? (
        <ul aria-label="Users" className="-my-1 divide-y divide-line">
          {users.data.map((user) => (
            <User key={user.id} user={user} isOwn={user.id === ownId} />
          ))}
        </ul>
      ) : users.error ? (
        <Alert
          tone="alarm"
          title={lineOf(users.error)}
          action={<Button onClick={() => void users.refetch()}>Try again</Button>}
        />
      ) : (
        <span role="status" aria-label="Loading the users" className="skeleton block h-10" />
      )}
    </Section>
  )
}

function User({ user, isOwn }: { user: UserReport; isOwn: boolean }) {
  const setRole = useSetRole()
  const shown = setRole.isPending ? setRole.variables.role : user.role
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-2.5">
      <Monogram name={user.name} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-[13px] font-medium">
          <span className="truncate">{user.name}</span>
          {isOwn && <Chip>you</Chip>}
        </p>
        <p className="truncate text-muted">
          {user.email} · since {formatDate(user.createdAt, UTC)}
        </p>
      </div>
      <Segmented
        label={`Role of ${user.name}`}
        options={ROLES}
        value={shown}
        onChange={(role) => role !== user.role && setRole.mutate({ userId: user.id, role })}
      />
      {setRole.error && <Alert tone="alarm" title={lineOf(setRole.error)} className="basis-full" />}
    </li>
  )
}
