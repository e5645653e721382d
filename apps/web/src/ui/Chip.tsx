import clsx from 'clsx'
import type { ButtonHTMLAttributes, ReactNode } from 'react'

export type ChipTone = 'plain' | 'hint' | 'warn' | 'alarm'

export const CHIP_TONES: Record<ChipTone, string> = {
  plain: 'border-line text-muted',
  hint: 'border-warn-line text-warn',
  warn: 'border-warn-line bg-warn-wash text-warn',
  alarm: 'border-alarm-line bg-alarm-wash text-alarm',
}

export const CHIP_SHAPE =
  'inline-flex h-[18px] max-w-full items-center gap-1 truncate rounded-sm border px-1.5 text-[11px] leading-none whitespace-nowrap'

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
    <span title={title} className={clsx(CHIP_SHAPE, CHIP_TONES[tone])}>
      {children}
    </span>
  )
}

/** A chip that one may press. */
export function ChipButton({
  tone = 'plain',
  className,
  ...rest
}: { tone?: ChipTone } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      className={clsx(
        CHIP_SHAPE,
        CHIP_TONES[tone],
        'relative hover:border-accent hover:text-ink after:absolute after:-inset-y-1.5 after:inset-x-0',
        className,
      )}
      {...rest}
    />
  )
}
