import clsx from 'clsx'
import type { ButtonHTMLAttributes } from 'react'

/** A button that shows an icon alone; its label is for screen readers and the tooltip. */
export function IconButton({
  label,
  className,
  ...rest
}: { label: string } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={clsx(
        'inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink max-sm:size-9',
        className,
      )}
      {...rest}
    />
  )
}
