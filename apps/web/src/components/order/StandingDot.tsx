import clsx from 'clsx'
import type { Standing } from './source-standing.ts'

const DOTS: Record<Standing['tone'], string> = {
  good: 'bg-up-fill',
  late: 'bg-warn-fill',
  warn: 'bg-warn-fill',
  bad: 'bg-down-fill',
  idle: 'border border-line-strong',
}
const INKS: Record<Standing['tone'], string> = {
  good: 'text-muted',
  late: 'text-warn',
  warn: 'text-warn',
  bad: 'text-alarm',
  idle: 'text-muted',
}

/** How a source stands, as a dot and a word. */
export const StandingWord = ({ standing, className }: { standing: Standing; className?: string }) => (
  <span
    className={clsx('inline-flex min-w-0 items-center gap-1 text-[11px]', INKS[standing.tone], className)}
  >
    <span aria-hidden className={clsx('size-1.5 shrink-0 rounded-full', DOTS[standing.tone])} />
    <span className="truncate">{standing.word}</span>
  </span>
)
