import { Link, useNavigate } from '@tanstack/react-router'
import { Activity, CircleHelp, ListChecks, ListOrdered, Search, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '../api/account.ts'
import { useHealth } from '../api/tape.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Kbd } from '../ui/Kbd.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'
import { ThemeToggle } from '../ui/ThemeToggle.tsx'
import { setTheme, THEMES, useTheme } from '../ui/theme.ts'
import { AccountMenu } from './AccountMenu.tsx'
import { HelpDialog } from './HelpDialog.tsx'
import { ModeBadge } from './ModeBadge.tsx'
import { SearchDialog } from './SearchDialog.tsx'
import { StatusLine } from './StatusLine.tsx'

const PAGE_LINK =
  'inline-flex h-7 items-center rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-ink max-sm:h-9 aria-[current=page]:bg-active aria-[current=page]:text-ink'

/** Stands on top of every page: whose prices these are, how the market and the tape are, and the search. */
export function TopStrip() {
  const [dialog, setDialog] = useState<'search' | 'help' | null>(null)
  const isDemo = useHealth()?.mode === 'demo'
  const isOperator = useMe()?.user?.role === 'operator'
  const navigate = useNavigate()
  const theme = useTheme()
  const search = () => setDialog('search')
  const close = () => setDialog(null)
  useShortcuts({
    '/': search,
    'Mod+k': search,
    '?': () => setDialog('help'),
    g: () => void navigate({ to: '/' }),
    s: () => void navigate({ to: '/sources' }),
    y: () => void navigate({ to: '/order' }),
    w: () => void navigate({ to: '/watchlists' }),
    p: () => void navigate({ to: '/operations' }),
    t: () => setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!),
  })
  return (
    <header className="shrink-0 border-b border-line-strong bg-surface">
      {isDemo && <div aria-hidden className="h-[3px] bg-demo" />}
      <div className="flex h-11 items-center gap-3 px-3">
        <Link
          to="/"
          className="flex items-center gap-2 rounded font-semibold"
          aria-label="OneTape, to the market"
        >
          <img src="/favicon.svg" alt="" width={22} height={22} />
          <span className="text-[15px] tracking-[-0.01em] max-[480px]:hidden">OneTape</span>
        </Link>
        <ModeBadge />
        <nav aria-label="Pages" className="flex items-center gap-1">
          <Link
            to="/"
            activeOptions={{ exact: true, includeSearch: false }}
            className={`${PAGE_LINK} max-sm:hidden`}
          >
            Market
          </Link>
          <Link
            to="/watchlists"
            activeOptions={{ includeSearch: false }}
            title="Watchlists (w)"
            className={`${PAGE_LINK} max-sm:px-2`}
          >
            <ListChecks size={16} aria-hidden className="sm:hidden" />
            <span className="max-sm:sr-only">Watchlists</span>
          </Link>
          <Link
            to="/sources"
            activeOptions={{ includeSearch: false }}
            title="Sources (s)"
            className={`${PAGE_LINK} max-sm:px-2`}
          >
            <Waypoints size={16} aria-hidden className="sm:hidden" />
            <span className="max-sm:sr-only">Sources</span>
          </Link>
          <Link to="/order" title="Your order (y)" className={`${PAGE_LINK} max-sm:px-2`}>
            <ListOrdered size={16} aria-hidden className="sm:hidden" />
            <span className="max-sm:sr-only">Your order</span>
          </Link>
          {isOperator && (
            <Link to="/operations" title="Operations (p)" className={`${PAGE_LINK} max-sm:px-2`}>
              <Activity size={16} aria-hidden className="sm:hidden" />
              <span className="max-sm:sr-only">Operations</span>
            </Link>
          )}
        </nav>
        <button
          type="button"
          onClick={search}
          className="ml-auto flex h-7.5 w-72 items-center gap-2 rounded-md border border-line-strong bg-sunken px-2.5 text-muted hover:bg-hover max-sm:hidden"
        >
          <Search size={14} aria-hidden />
          <span className="flex-1 text-left">Search instruments</span>
          <Kbd>/</Kbd>
        </button>
        <div className="flex items-center gap-1 max-sm:ml-auto">
          <IconButton label="Search instruments" onClick={search} className="sm:hidden">
            <Search size={17} aria-hidden />
          </IconButton>
          <IconButton label="Keyboard shortcuts" onClick={() => setDialog('help')} className="max-sm:hidden">
            <CircleHelp size={16} aria-hidden />
          </IconButton>
          <span className="contents max-sm:hidden">
            <ThemeToggle />
          </span>
          <AccountMenu />
        </div>
      </div>
      <StatusLine />
      {dialog === 'search' && <SearchDialog onClose={close} />}
      {dialog === 'help' && <HelpDialog onClose={close} />}
    </header>
  )
}
