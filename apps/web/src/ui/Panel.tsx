import { type ReactNode, useId } from 'react'

export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="border-b border-line px-3 py-3 text-xs">
      <h2 id={id} className="pb-2 text-[13px] font-semibold">
        {title}
      </h2>
      {children}
    </section>
  )
}
