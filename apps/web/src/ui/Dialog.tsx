import clsx from 'clsx'
import { type ReactNode, useLayoutEffect, useRef } from 'react'

interface Props {
  label: string
  onClose: () => void
  children: ReactNode
  className?: string
}

/** A modal that is open for as long as it is rendered. The browser's own: it traps focus and gives it back. */
export function Dialog({ label, onClose, children, className }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  // A layout effect ends while the element still stands: closed later, it would have no focus to give back.
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; Escape is the dialog's own `cancel`.
    <dialog
      ref={ref}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose()
      }}
      className={clsx(
        'fixed inset-x-0 top-0 mx-auto mt-[8vh] w-[min(36rem,calc(100vw-1.5rem))] max-h-[80vh] overflow-hidden rounded-lg border border-line-strong bg-raised text-ink shadow-(--shadow) backdrop:bg-[rgb(6_10_16/45%)]',
        className,
      )}
    >
      {children}
    </dialog>
  )
}
