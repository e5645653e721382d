import clsx from 'clsx'
import { AskedAgain, RouteStep } from './RouteStep.tsx'
import { type Attempt, attemptLine, outcomeWords } from './receipt-words.ts'
import { formatLatency, pathOf, plainWord } from './source-health.ts'

/** What was tried, in order: each source, how it went, and the requests that went out. */
export function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  if (attempts.length === 0) return <p className="text-muted">None was kept.</p>
  return (
    <ol aria-label="Attempts" className="relative flex flex-col">
      {attempts.map((attempt, index) => (
        <RouteStep
          // biome-ignore lint/suspicious/noArrayIndexKey: a source may be tried twice; the order never changes.
          key={index}
          mark={attempt.outcome}
          isLast={index === attempts.length - 1}
        >
          <AttemptLine attempt={attempt} />
          <AskedAgain at={attempt.retryAt} />
          <Calls calls={attempt.calls} />
        </RouteStep>
      ))}
    </ol>
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
