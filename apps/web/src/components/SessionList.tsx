import type { SessionReport } from '@onetape/api/router'
import { Laptop, Smartphone } from 'lucide-react'
import { useRevokeOthers, useRevokeSession, useSessions } from '../api/account.ts'
import { lineOf } from '../api/trpc.ts'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { Chip } from '../ui/Chip.tsx'
import { Section } from '../ui/Section.tsx'
import { deviceWords, isHandheld } from './device-words.ts'
import { useAtWallTime } from './market-clock.ts'
import { formatDate, formatSpan, UTC } from './time-format.ts'

/** Where this account is signed in; each can be ended from here. */
export function SessionList() {
  const sessions = useSessions()
  const others = useRevokeOthers()
  const known = sessions.data && [...sessions.data].sort((a, b) => Number(b.current) - Number(a.current))
  const otherCount = known?.filter((s) => !s.current).length ?? 0
  return (
    <Section title="Sessions" summary="Where you are signed in. End what you do not know.">
      {known ? (
        <>
          <ul aria-label="Sessions" className="-my-1 divide-y divide-line">
            {known.map((session) => (
              <Session key={session.id} session={session} />
            ))}
          </ul>
          <div className="mt-3 flex flex-wrap items-center gap-3 border-t border-line pt-3">
            <Button
              disabled={otherCount === 0 || others.isPending}
              aria-busy={others.isPending}
              onClick={() => others.mutate()}
            >
              End all other sessions
            </Button>
            <p role="status" className="text-muted">
              {otherCount === 0 ? 'There are no others.' : null}
            </p>
          </div>
          {others.error && <Alert tone="alarm" title={lineOf(others.error)} className="mt-2" />}
        </>
      ) : sessions.error ? (
        <Alert
          tone="alarm"
          title={lineOf(sessions.error)}
          action={<Button onClick={() => void sessions.refetch()}>Try again</Button>}
        />
      ) : (
        <span role="status" aria-label="Loading the sessions" className="skeleton block h-10" />
      )}
    </Section>
  )
}

function Session({ session }: { session: SessionReport }) {
  const revoke = useRevokeSession()
  const device = deviceWords(session.userAgent)
  const Icon = isHandheld(session.userAgent) ? Smartphone : Laptop
  const seen = useAtWallTime((now) => formatSpan(now - session.lastSeenAt))
  return (
    <li className="flex items-center gap-3 py-2.5">
      <Icon size={18} aria-hidden className="shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 text-[13px] font-medium">
          <span title={session.userAgent ?? undefined}>{device}</span>
          {session.current && <Chip>this device</Chip>}
        </p>
        <p className="text-muted tabular-nums">
          {[
            session.ip,
            seen !== null && `last seen ${seen} ago`,
            `signed in ${formatDate(session.createdAt, UTC)}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {revoke.error && <p className="text-alarm">{lineOf(revoke.error)}</p>}
      </div>
      {!session.current && (
        <Button
          tone="danger"
          aria-label={`End session: ${device}`}
          disabled={revoke.isPending}
          aria-busy={revoke.isPending}
          onClick={() => revoke.mutate({ id: session.id })}
        >
          End
        </Button>
      )}
    </li>
  )
}
