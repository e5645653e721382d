import type { Me } from '@onetape/api/router'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { CircleUserRound, LogIn, LogOut, Monitor, Moon, Sun, UserPlus, UserRound } from 'lucide-react'
import { useState } from 'react'
import { DoorProblem, signOut, useMe } from '../api/account.ts'
import { Chip } from '../ui/Chip.tsx'
import { Menu } from '../ui/Menu.tsx'
import { setTheme, THEMES, useTheme } from '../ui/theme.ts'

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon }

/** Who is signed in, and the ways in and out. */
export function AccountMenu() {
  const me = useMe()
  const navigate = useNavigate()
  const theme = useTheme()
  const here = useRouterState({ select: (state) => state.location.href })
  const [problem, setProblem] = useState<string | null>(null)
  if (!me?.user) return <span className="size-7 max-sm:size-9" />
  const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!
  const ThemeIcon = THEME_ICONS[theme]
  const icon = (Icon: typeof LogIn) => <Icon size={15} aria-hidden />
  const account = {
    id: 'account',
    label: 'Account',
    icon: icon(UserRound),
    onSelect: () => void navigate({ to: '/account' }),
  }
  const door = (to: '/sign-in' | '/sign-up') => () => void navigate({ to, search: { to: here } })
  const leave = () => {
    setProblem(null)
    signOut().catch((error) =>
      setProblem(error instanceof DoorProblem ? error.message : 'Signing out did not work. Try again.'),
    )
  }
  return (
    <>
      <Menu
        label={`Account of ${me.user.name}`}
        buttonClass="flex h-7 max-w-44 items-center gap-1.5 rounded-md px-1 text-muted hover:bg-hover hover:text-ink max-sm:size-9 max-sm:justify-center max-sm:px-0"
        button={
          <>
            <Monogram name={me.user.name} isDemo={me.isDemoUser} />
            <span className="truncate text-xs font-medium max-lg:hidden">{me.user.name}</span>
          </>
        }
        heading={<Heading me={me} problem={problem} />}
        items={[
          ...(me.isDemoUser
            ? [
                { id: 'in', label: 'Sign in', icon: icon(LogIn), onSelect: door('/sign-in') },
                ...(me.signUp === 'closed'
                  ? []
                  : [{ id: 'up', label: 'Sign up', icon: icon(UserPlus), onSelect: door('/sign-up') }]),
                'line' as const,
                account,
              ]
            : [account]),
          {
            id: 'theme',
            label: `Theme: ${theme}`,
            icon: <ThemeIcon size={15} aria-hidden />,
            onSelect: () => setTheme(nextTheme),
          },
          ...(me.isDemoUser
            ? []
            : ['line' as const, { id: 'out', label: 'Sign out', icon: icon(LogOut), onSelect: leave }]),
        ]}
      />
      {problem && (
        <span role="alert" className="max-w-56 truncate text-xs text-alarm">
          {problem}
        </span>
      )}
    </>
  )
}

const Heading = ({ me, problem }: { me: Me; problem: string | null }) => (
  <div className="border-b border-line px-3.5 py-2.5">
    <p className="flex items-center gap-2 font-semibold">
      <span className="truncate">{me.isDemoUser ? 'Demo user' : me.user?.name}</span>
      <Chip>{me.user?.role}</Chip>
    </p>
    <p className="truncate text-xs text-muted">
      {me.isDemoUser ? 'Nobody is signed in: this is everybody’s account.' : me.user?.email}
    </p>
    {problem && <p className="pt-1 text-xs text-alarm">{problem}</p>}
  </div>
)

/** The first letters of a name. */
export function Monogram({ name, isDemo = false }: { name: string; isDemo?: boolean }) {
  if (isDemo) return <CircleUserRound size={20} aria-hidden className="shrink-0" />
  const letters = name
    .trim()
    .split(/\s+/)
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
  return (
    // Drawn, not written: the name beside it or in the label says it.
    <span
      aria-hidden
      data-letters={letters}
      className="flex size-5.5 shrink-0 items-center justify-center rounded-full bg-accent text-[10px] font-semibold text-on-accent before:content-[attr(data-letters)]"
    />
  )
}
