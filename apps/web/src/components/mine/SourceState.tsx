import type { MySource } from '@onetape/api/router'
import clsx from 'clsx'
import { stateView } from './source-state.ts'

const LOOKS = {
  good: { dot: 'bg-up-fill', ink: 'text-ink' },
  warn: { dot: 'bg-warn-fill', ink: 'text-warn' },
  bad: { dot: 'bg-down-fill', ink: 'font-medium text-alarm' },
  idle: { dot: 'border border-line-strong', ink: 'text-muted' },
} as const

export function SourceState({ source }: { source: Pick<MySource, 'state' | 'health'> }) {
  const { tone, word } = stateView(source)
  return (
    <span
      className={clsx(
        'tone inline-flex shrink-0 items-center gap-1.5 pt-0.5 whitespace-nowrap',
        LOOKS[tone].ink,
      )}
    >
      <span aria-hidden className={clsx('size-2 rounded-full', LOOKS[tone].dot)} />
      {word}
    </span>
  )
}
