import clsx from 'clsx'
import { type ReactNode, useId } from 'react'

interface Props {
  title: string
  /** Beside the title: one line that sums the section up. */
  summary?: ReactNode
  children: ReactNode
  className?: string
}

/** A titled part of a page that reads from top to bottom. */
export function Section({ title, summary, children, className }: Props) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className={clsx('min-w-0 rounded-lg border border-line bg-surface', className)}
    >
      <div className="flex flex-wrap items-baseline gap-x-3 border-b border-line px-4 py-2.5">
        <h2 id={id} className="text-[13px] font-semibold">
          {title}
        </h2>
        {summary && <p className="text-xs text-muted">{summary}</p>}
      </div>
      <div className="px-4 py-3 text-xs">{children}</div>
    </section>
  )
}

/** Where a section has nothing to list: says so, and what that means. */
export const NothingHere = ({ title, children }: { title: string; children?: ReactNode }) => (
  <p className="py-2 text-muted">
    <strong className="font-medium text-ink">{title}</strong> {children}
  </p>
)
