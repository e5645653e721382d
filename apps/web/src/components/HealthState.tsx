import type { SourceReport } from '@onetape/api/router'
import clsx from 'clsx'
import { useWallNow } from './market-clock.ts'
import { formatLatency, type HealthTone, healthView, latencyPlace } from './source-health.ts'

const DOTS: Record<HealthTone, string> = {
  good: 'bg-up-fill',
  warn: 'bg-warn-fill',
  bad: 'bg-down-fill',
  idle: 'border border-line-strong',
}
const INKS: Record<HealthTone, string> = {
  good: 'text-ink',
  warn: 'text-warn',
  bad: 'text-alarm font-medium',
  idle: 'text-muted',
}

/** Whether a source answers, and when it is tried again if not. */
export function HealthState({ source, isOneLine = false }: { source: SourceReport; isOneLine?: boolean }) {
  const { tone, word, detail } = healthView(source, useWallNow())
  return (
    <span className={clsx('flex min-w-0 leading-[1.25]', isOneLine ? 'items-center gap-2' : 'flex-col')}>
      <span
        className={clsx('tone inline-flex items-center gap-1.5 whitespace-nowrap tabular-nums', INKS[tone])}
      >
        <span aria-hidden className={clsx('size-2 shrink-0 rounded-full', DOTS[tone])} />
        {word}
      </span>
      {detail && (
        <span className={clsx('truncate text-[11px] text-muted tabular-nums', !isOneLine && 'pl-3.5')}>
          {detail}
        </span>
      )}
    </span>
  )
}

/** The running latency: a number, and where it stands between a millisecond and ten seconds. */
export function Latency({ ms, className }: { ms: number | null; className?: string }) {
  if (ms === null) return <span className="text-muted">–</span>
  return (
    <span
      title="Running average of its answers, drawn from 1 ms to 10 s"
      className={clsx('inline-flex items-center gap-2 tabular-nums', className)}
    >
      <span className="min-w-12 text-right whitespace-nowrap">{formatLatency(ms)}</span>
      <span aria-hidden className="relative block h-1.5 w-14 shrink-0 rounded-full bg-line">
        <span
          className={clsx(
            'absolute inset-y-0 left-0 rounded-full',
            ms > 1_000 ? 'bg-down-fill' : ms > 250 ? 'bg-warn-fill' : 'bg-accent',
          )}
          style={{ width: `max(3px, ${latencyPlace(ms) * 100}%)` }}
        />
      </span>
    </span>
  )
}
