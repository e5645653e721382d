import clsx from 'clsx'

/** An arrow beside a change: direction must not hang on colour alone. */
export function Direction({ value, className }: { value: number | null | undefined; className?: string }) {
  if (!value) return <span aria-hidden className={clsx('inline-block w-2', className)} />
  return (
    <svg viewBox="0 0 8 8" aria-hidden className={clsx('inline-block size-2 fill-current', className)}>
      {value > 0 ? <path d="M4 1 7.5 7h-7z" /> : <path d="M4 7 .5 1h7z" />}
    </svg>
  )
}

/** The same arrow, drawn by the stylesheet in front of what bears the class. */
export const directionOf = (value: number | null | undefined): string =>
  !value ? '' : value > 0 ? 'arrow-up' : 'arrow-down'

/** `tone` is dropped by the stylesheet while the connection is lost. */
export const toneOf = (value: number | null | undefined): string =>
  !value ? 'text-muted' : value > 0 ? 'tone text-up' : 'tone text-down'
