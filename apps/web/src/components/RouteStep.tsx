import clsx from 'clsx'
import { Check, CircleSlash, Clock, Minus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWallNow } from './market-clock.ts'
import { formatSpanExact, formatWallClock } from './time-format.ts'

const MARKS = {
  served: { Icon: Check, dot: 'border-up-fill bg-up-wash text-up' },
  partial: { Icon: Check, dot: 'border-warn-line bg-warn-wash text-warn' },
  standsIn: { Icon: Clock, dot: 'border-line-strong bg-surface text-ink' },
  empty: { Icon: CircleSlash, dot: 'border-line-strong bg-surface text-muted' },
  failed: { Icon: X, dot: 'border-alarm-line bg-alarm-wash text-alarm' },
  skipped: { Icon: Minus, dot: 'border-line bg-sunken text-muted' },
} as const

export type StepMark = keyof typeof MARKS

interface Props {
  mark: StepMark
  isLast: boolean
  children: ReactNode
}

/** One source on the way of a question, hanging on the one before it. */
export function RouteStep({ mark, isLast, children }: Props) {
  const { Icon, dot } = MARKS[mark]
  return (
    <li className={clsx('relative flex gap-2.5', !isLast && (mark === 'skipped' ? 'pb-1.5' : 'pb-2.5'))}>
      {!isLast && <span aria-hidden className="absolute top-4 bottom-0 left-[8.5px] w-px bg-line" />}
      <span
        aria-hidden
        className={clsx('relative z-[1] grid size-4.5 shrink-0 place-items-center rounded-full border', dot)}
      >
        <Icon size={11} strokeWidth={2.75} />
      </span>
      <div className="min-w-0 flex-1 pt-px">{children}</div>
    </li>
  )
}

/** When a source that was left out may be asked again. */
export function AskedAgain({ at }: { at: number | null }) {
  const now = useWallNow()
  if (at === null || now === null || at <= now) return null
  return (
    <p className="text-[11px] text-muted tabular-nums">
      may be asked again at {formatWallClock(at)}, in {formatSpanExact(at - now)}
    </p>
  )
}
