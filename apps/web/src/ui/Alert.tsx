import clsx from 'clsx'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

const TONES = {
  alarm: { box: 'border-alarm-line bg-alarm-wash text-alarm', Icon: CircleAlert },
  warn: { box: 'border-warn-line bg-warn-wash text-warn', Icon: TriangleAlert },
  good: { box: 'border-up bg-up-wash text-up', Icon: CircleCheck },
} as const

interface Props {
  tone: keyof typeof TONES
  title: ReactNode
  /** What to do about it. */
  children?: ReactNode
  action?: ReactNode
  className?: string
}

/** Says what happened, and what to do, where it happened. Read out when it comes up. */
export function Alert({ tone, title, children, action, className }: Props) {
  const { box, Icon } = TONES[tone]
  return (
    <div
      role={tone === 'good' ? 'status' : 'alert'}
      className={clsx(
        'flex items-start gap-2 max-sm:flex-wrap rounded-md border px-3 py-2 text-xs',
        box,
        className,
      )}
    >
      <Icon size={15} aria-hidden className="mt-px shrink-0" />
      <div className="min-w-0 flex-1 break-words max-sm:basis-3/4">
        <strong className="font-semibold">{title}</strong>
        {children && <div className="pt-0.5 text-ink">{children}</div>}
      </div>
      {action && <div className="flex shrink-0 gap-2 self-center max-sm:pl-6">{action}</div>}
    </div>
  )
}
