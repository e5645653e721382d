import clsx from 'clsx'
import type { ReactNode } from 'react'

export type ChipTone = 'plain' | 'hint' | 'warn' | 'alarm'

const TONES: Record<ChipTone, string> = {
  plain: 'border-line text-muted',
  hint: 'border-warn-line text-warn',
  warn: 'border-warn-line bg-warn-wash text-warn',
  alarm: 'border-alarm-line bg-alarm-wash text-alarm',
}

export function Chip({
  tone = 'plain',
  title,
  children,
}: {
  tone?: ChipTone
  title?: string
  children: ReactNode
}) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex h-[18px] max-w-full items-center gap-1 truncate rounded-sm border px-1.5 text-[11px] leading-none whitespace-nowrap',
        TONES[tone],
      )}
    >
      {children}
    </span>
  )
}
