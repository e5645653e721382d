import clsx from 'clsx'
import { Check, CircleSlash, Minus, X } from 'lucide-react'
import { useWallNow } from './market-clock.ts'
import { type Attempt, attemptLine, outcomeWords } from './receipt-words.ts'
import { formatLatency, pathOf, plainWord } from './source-health.ts'
import { formatSpanExact, formatWallClock } from './time-format.ts'

const MARKS = {
  served: { Icon: Check, dot: 'border-up-fill bg-up-wash text-up' },
  partial: { Icon: Check, dot: 'border-warn-line bg-warn-wash text-warn' },
  empty: { Icon: CircleSlash, dot: 'border-line-strong bg-surface text-muted' },
  failed: { Icon: X, dot: 'border-alarm-line bg-alarm-wash text-alarm' },
  skipped: { Icon: Minus, dot: 'border-line bg-sunken text-muted' },
} as const satisfies Record<Attempt['outcome'], unknown>

/** What was tried, in order: each source, how it went, and the requests that went out. */
export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  const now = useWallNow()
  if (attempts.length === 0) return <p className="text-muted">None was kept.</p>
  return (
    <ol aria-label="Attempts" className="relative flex flex-col">
      {attempts.map((attempt, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a source may be tried twice; the order never changes.
          key={index}
          className={clsx(
            'relative flex gap-2.5 last:pb-0',
            attempt.outcome === 'skipped' ? 'pb-1.5' : 'pb-2.5',
          )}
        >
          {index < attempts.length - 1 && (
            <span aria-hidden className="absolute top-4 bottom-0 left-[8.5px] w-px bg-line" />
          )}
          <Mark outcome={attempt.outcome} />
          <div className="min-w-0 flex-1 pt-px">
            <AttemptLine attempt={attempt} />
            {attempt.retryAt !== null && now !== null && attempt.retryAt > now && (
              <p className="text-[11px] text-muted tabular-nums">
                may be asked again at {formatWallClock(attempt.retryAt)}, in{' '}
                {formatSpanExact(attempt.retryAt - now)}
              </p>
            )}
            <Calls calls={attempt.calls} />
          </div>
        </li>
      ))}
    </ol>
  )
}

function Mark({ outcome }: Pick<Attempt, 'outcome'>) {
  const { Icon, dot } = MARKS[outcome]
  return (
    <span
      aria-hidden
      className={clsx('relative z-[1] grid size-4.5 shrink-0 place-items-center rounded-full border', dot)}
    >
      <Icon size={11} strokeWidth={2.75} />
    </span>
  )
}

function AttemptLine({ attempt }: { attempt: Attempt }) {
  const line = attemptLine(attempt)
  const isSkipped = attempt.outcome === 'skipped'
  return (
    <div className="flex items-baseline gap-2">
      <p className={clsx('min-w-0 flex-1 break-words', isSkipped && 'text-muted')}>
        <span className={isSkipped ? 'font-medium' : 'font-semibold'}>{attempt.source}</span>{' '}
        {outcomeWords(attempt)}
        {line && <span className={clsx(attempt.outcome === 'failed' && 'text-alarm')}>: {line}</span>}
      </p>
      {attempt.latencyMs !== null && (
        <span className="shrink-0 text-muted tabular-nums">{formatLatency(attempt.latencyMs)}</span>
      )}
    </div>
  )
}

const CALLS_MAX = 6

function Calls({ calls }: Pick<Attempt, 'calls'>) {
  if (calls.length === 0) return null
  return (
    <ul aria-label="Requests" className="pt-1 text-[11px] text-muted">
      {calls.slice(0, CALLS_MAX).map((call, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: requests of one attempt, in the order they went out.
        <li key={index} className="flex gap-2">
          <code title={call.what} className="min-w-0 flex-1 truncate font-mono">
            {pathOf(call.what)}
          </code>
          <span className={clsx('shrink-0', call.outcome !== 'ok' && 'text-alarm')}>
            {call.outcome === 'ok'
              ? (call.status ?? 'ok')
              : `${plainWord(call.outcome)} ${call.status ?? ''}`}
          </span>
          <span className="w-12 shrink-0 text-right tabular-nums">{formatLatency(call.latencyMs)}</span>
        </li>
      ))}
      {calls.length > CALLS_MAX && <li>and {calls.length - CALLS_MAX} more</li>}
    </ul>
  )
}
