import type { SourceReport } from '@onetape/api/router'
import clsx from 'clsx'
import { useAtWallTime } from './market-clock.ts'
import { pathOf, plainWord } from './source-health.ts'
import { formatSpan } from './time-format.ts'

type Call = SourceReport['lastCalls'][number]

export const CallOutcome = ({ call }: { call: Pick<Call, 'outcome' | 'status'> }) => (
  <span className={clsx('whitespace-nowrap', call.outcome !== 'ok' && 'text-alarm')}>
    {call.outcome === 'ok' ? 'ok' : plainWord(call.outcome)}
  </span>
)

export function CallAge({ at }: Pick<Call, 'at'>) {
  const age = useAtWallTime((now) => formatSpan(now - at))
  return <span className="whitespace-nowrap tabular-nums">{age ?? ''}</span>
}

/** The newest request that went out, by whichever process. */
export function LastCall({ call }: { call: Call | undefined }) {
  if (!call) return <span className="text-muted">none yet</span>
  return (
    <span title={call.what} className="flex min-w-0 flex-col leading-[1.25]">
      <span className="whitespace-nowrap">
        <CallOutcome call={call} />{' '}
        <span className="text-muted">
          <CallAge at={call.at} /> ago, {call.priority}
        </span>
      </span>
      <code className="truncate font-mono text-[11px] text-muted">{pathOf(call.what)}</code>
    </span>
  )
}
