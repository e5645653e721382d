import { useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import { connectionPhase } from '../api/connection.ts'
import { connectionQuery } from '../api/tape.ts'
import { useNowMs } from '../ui/ticker.ts'
import { formatSpan } from './time-format.ts'

const PHASES = {
  live: { text: 'Connected', dot: 'bg-up-fill', tone: 'text-muted' },
  connecting: { text: 'Connecting', dot: 'bg-warn-line', tone: 'text-muted' },
  reconnecting: { text: 'Reconnecting', dot: 'bg-warn-line', tone: 'text-warn' },
  disconnected: { text: 'Disconnected', dot: 'bg-down-fill', tone: 'text-alarm font-semibold' },
} as const

/** This page's line to the API; ConditionBanner says more once it is lost for good. */
export function ConnectionState() {
  const connection = useQuery(connectionQuery).data
  const nowMs = useNowMs()
  const phase = connection ? connectionPhase(connection, nowMs) : 'connecting'
  const { text, dot, tone } = PHASES[phase]
  const lostForMs = connection && phase === 'disconnected' ? nowMs - connection.sinceMs : null
  return (
    <span className={clsx('inline-flex items-center gap-1.5 whitespace-nowrap', tone)}>
      <span aria-hidden className={clsx('size-2 rounded-full', dot)} />
      {text}
      {lostForMs !== null && ` ${formatSpan(lostForMs * 1_000)}`}
    </span>
  )
}
