import clsx from 'clsx'
import type { ButtonHTMLAttributes } from 'react'

export function Button({ className, ...rest }: ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      className={clsx(
        'inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2.5 text-xs font-medium hover:bg-hover max-sm:h-9',
        className,
      )}
      {...rest}
    />
  )
}
