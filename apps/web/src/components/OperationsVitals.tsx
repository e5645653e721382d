import type { OperationsReport } from '@onetape/api/router'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useAtMarketTime } from './market-clock.ts'
import { formatCount, UNKNOWN } from './number-format.ts'
import { servedTone, type Tone, vitalsOf } from './operations-words.ts'
import { formatSpan } from './time-format.ts'

const TONES: Record<Tone, string> = { plain: 'text-ink', warn: 'text-warn', alarm: 'text-alarm' }

/** The five figures that say whether the rest of the page needs to be read. */
export function OperationsVitals({ report }: { report: OperationsReport }) {
  const { daemons, gaps, served, behind, skipped } = vitalsOf(report)
  const { newestAt, batchId } = report.ledger
  const age = useAtMarketTime((now) => (newestAt === null ? null : formatSpan(now - newestAt)))
  const wanted = gaps.open + gaps.filling
  const calls = report.calls.lastDay.reduce((sum, source) => sum + source.calls, 0)
  return (
    <dl className="grid grid-cols-6 overflow-hidden rounded-lg border border-line bg-line gap-px max-lg:grid-cols-3 max-sm:grid-cols-2">
      <Vital name="Daemons" tone={daemons.alive === 0 ? 'alarm' : 'plain'} note={goneText(daemons.gone)}>
        {daemons.alive === 0 ? 'none alive' : `${daemons.alive} alive`}
      </Vital>
      <Vital
        name="Newest batch"
        note={batchId === 0 ? 'the ledger is empty' : `number ${formatCount(batchId)}`}
      >
        {age === null ? UNKNOWN : `${age} ago`}
      </Vital>
      <Vital
        name="Followers"
        tone={skipped > 0 ? 'alarm' : behind > 20 ? 'warn' : 'plain'}
        note={skipped > 0 ? `${formatCount(skipped)} batches passed by` : 'of the ledger'}
      >
        {behind <= 1 ? 'level' : `${formatCount(behind)} behind`}
      </Vital>
      <Vital name="Slots served" tone={servedTone(served)} note="of those due in 24 hours">
        {served === null ? UNKNOWN : `${(Math.floor(served * 1_000) / 10).toFixed(1)}%`}
      </Vital>
      <Vital
        name="Gaps"
        tone={gaps.unfillable > 0 ? 'warn' : 'plain'}
        note={
          gaps.unfillable > 0 ? `${formatCount(gaps.unfillable)} cannot be filled` : 'in what was expected'
        }
      >
        {wanted === 0 ? 'none open' : `${formatCount(wanted)} open`}
      </Vital>
      <Vital name="Calls" note="to vendors in 24 hours">
        {formatCount(calls)}
      </Vital>
    </dl>
  )
}

const goneText = (gone: number): string =>
  gone === 0 ? 'none gone in the last hour' : `${gone} gone in the last hour`

interface VitalProps {
  name: string
  note: string
  tone?: Tone
  children: ReactNode
}

const Vital = ({ name, note, tone = 'plain', children }: VitalProps) => (
  <div className="bg-surface px-4 py-3">
    <dt className="text-[11px] text-muted">{name}</dt>
    <dd className={clsx('text-lg leading-6 font-semibold tabular-nums', TONES[tone])}>{children}</dd>
    <dd className="text-[11px] text-muted">{note}</dd>
  </div>
)
