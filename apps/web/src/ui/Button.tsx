import clsx from 'clsx'
import type { ButtonHTMLAttributes } from 'react'

const TONES = {
  plain: 'border-line-strong bg-surface text-ink hover:bg-hover',
  /** The one thing that a form or a step is for. */
  primary: 'border-transparent bg-accent text-on-accent hover:brightness-110',
  /** Takes something away. */
  danger: 'border-alarm-line bg-surface text-alarm hover:bg-alarm-wash',
} as const

export type ButtonTone = keyof typeof TONES

export function Button({
  tone = 'plain',
  className,
  ...rest
}: { tone?: ButtonTone } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      className={clsx(
        'inline-flex h-7 items-center gap-1.5 rounded-md border px-2.5 text-xs font-medium whitespace-nowrap disabled:cursor-default disabled:opacity-60 disabled:hover:brightness-100 max-sm:h-9',
        TONES[tone],
        className,
      )}
      {...rest}
    />
  )
}
