import type { Health } from '@onetape/api/router'
import clsx from 'clsx'
import { Clock3 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useHealth } from '../api/tape.ts'
import { ConnectionState } from './ConnectionState.tsx'
import { useAtMarketTime } from './market-clock.ts'
import { SystemDialog } from './SystemDialog.tsx'
import { changePhrase, statePhrase, VENUE_NAMES } from './session-phrase.ts'
import { formatClock, formatDay, formatSpan, NEW_YORK } from './time-format.ts'

/** What time it is on the market, which venues are open, how late the tape is, who is alive. */
export function StatusLine() {
  const health = useHealth()
  const [isOpen, setOpen] = useState(false)
  if (!health) {
    return (
      <Line>
        <span className="skeleton h-3.5 w-64 max-sm:w-40" />
        <span className="skeleton h-3.5 w-44 max-sm:hidden" />
        <span className="ml-auto">
          <ConnectionState />
        </span>
      </Line>
    )
  }
  return (
    <Line>
      <MarketTime isDemo={health.mode === 'demo'} />
      {health.venues.map((venue) => (
        <VenueState key={venue.venue} venue={venue} />
      ))}
      <span className="ml-auto flex items-center gap-x-4 max-sm:ml-0">
        <Lag health={health} />
        <button
          type="button"
          onClick={() => setOpen(true)}
          title="Daemon, tiers and sources"
          className="inline-flex items-center gap-1.5 rounded whitespace-nowrap hover:text-ink"
        >
          <Dot isGood={health.daemon.alive} />
          {health.daemon.alive ? (
            'Daemon alive'
          ) : (
            <strong className="font-semibold text-alarm">Daemon silent</strong>
          )}
        </button>
        <ConnectionState />
      </span>
      {isOpen && <SystemDialog health={health} onClose={() => setOpen(false)} />}
    </Line>
  )
}

const Line = ({ children }: { children: ReactNode }) => (
  <section
    aria-label="Status"
    className="flex min-h-7 flex-wrap items-center gap-x-5 gap-y-0.5 border-t border-line px-3 py-1 text-xs text-muted max-sm:gap-x-4"
  >
    {children}
  </section>
)

const Dot = ({ isGood }: { isGood: boolean }) => (
  <span aria-hidden className={clsx('size-2 rounded-full', isGood ? 'bg-up-fill' : 'bg-down-fill')} />
)

function MarketTime({ isDemo }: { isDemo: boolean }) {
  const text = useAtMarketTime((now) => `${formatDay(now, NEW_YORK)} ${formatClock(now, NEW_YORK)}`)
  return (
    <span
      title={
        isDemo ? 'Demo moves its clock into an open session; prices, ages and sessions follow it' : undefined
      }
      className={clsx('inline-flex items-center gap-1.5 whitespace-nowrap', isDemo && 'text-warn')}
    >
      <Clock3 size={13} aria-hidden />
      {isDemo && 'Simulated time '}
      <time className="font-medium text-ink tabular-nums">{text}</time> New York
    </span>
  )
}

function VenueState({ venue }: { venue: Health['venues'][number] }) {
  const next = useAtMarketTime((now) => changePhrase(venue.state, venue.nextChange, now))
  return (
    // A narrow page has room for the two venues that most people look at.
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap',
        venue.venue === 'FX' && 'max-md:hidden',
      )}
    >
      <span
        aria-hidden
        className={clsx(
          'size-2 rounded-full',
          venue.state === 'open'
            ? 'bg-up-fill'
            : venue.state === 'closed'
              ? 'bg-line-strong'
              : 'bg-warn-line',
        )}
      />
      {VENUE_NAMES[venue.venue]} <span className="font-medium text-ink">{statePhrase(venue.state)}</span>
      {next && <span className="tabular-nums">{next}</span>}
    </span>
  )
}

/** Age of the newest thing that came in; the report's own age counts, or it would stand still when they stop. */
function Lag({ health }: { health: Health }) {
  const { lagSeconds } = health.tape
  const text = useAtMarketTime((now) =>
    lagSeconds === null ? 'no data yet' : formatSpan(lagSeconds * 1e6 + Math.max(0, now - health.marketNow)),
  )
  return (
    <span title="Age of the newest price that came in" className="whitespace-nowrap">
      Lag <span className="font-medium text-ink tabular-nums">{text}</span>
    </span>
  )
}
