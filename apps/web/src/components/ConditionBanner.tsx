import { useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import { TriangleAlert, Unplug } from 'lucide-react'
import { connectionQuery, healthQuery } from '../api/tape.ts'
import { useNowMs } from '../ui/ticker.ts'
import { conditionOf } from './condition.ts'
import { marketNow } from './market-clock.ts'

/** One line under the strip while something is wrong. Counts on, so it is not announced every second. */
export function ConditionBanner() {
  const connection = useQuery(connectionQuery).data
  const report = useQuery(healthQuery).data
  const nowMs = useNowMs()
  const now = report ? marketNow(report, nowMs) : null
  const condition = conditionOf({ connection, health: report?.health, now, nowMs })
  const Icon = connection?.open === false ? Unplug : TriangleAlert
  return (
    <div role="status" aria-label="Condition of the tape">
      {condition && (
        <p
          className={clsx(
            'flex items-center gap-2 border-b tabular-nums px-3 py-1.5',
            condition.severity === 'alarm'
              ? 'border-alarm-line bg-alarm-wash text-alarm'
              : 'border-warn-line bg-warn-wash text-warn',
          )}
        >
          <Icon size={15} aria-hidden className="shrink-0" />
          <span>
            <strong className="font-semibold">{condition.title}</strong> {condition.detail}
          </span>
        </p>
      )}
    </div>
  )
}
