import clsx from 'clsx'
import { StateMark } from './SourcesToolbar.tsx'
import type { MatrixView } from './source-matrix.ts'

const INKS: Record<MatrixView['state'], string> = {
  live: 'text-ink',
  delayed: 'text-warn',
  not_entitled: 'text-muted',
  none: 'text-muted',
}

interface Props {
  cell: MatrixView
  isShort?: boolean
  /** The source is not connected: what it would give. */
  isOff?: boolean
}

/** Live, late, not in the plan, or none; the title says the rest. */
export function MatrixCellView({ cell, isShort = false, isOff = false }: Props) {
  return (
    <span title={cell.title} className="flex min-w-0 flex-col leading-[1.25]">
      <span
        className={clsx(
          'inline-flex items-center gap-1.5 whitespace-nowrap',
          isOff ? 'text-muted' : INKS[cell.state],
        )}
      >
        <span className={clsx(isOff && 'opacity-40 grayscale')}>
          <StateMark state={cell.state} />
        </span>
        {cell.state === 'none' ? (
          <span className="sr-only">none</span>
        ) : isShort ? (
          shortWord(cell)
        ) : (
          cell.word
        )}
      </span>
      {!isShort && cell.feed && cell.state !== 'none' && (
        <span className="truncate pl-4 text-[11px] text-muted">{cell.feed}</span>
      )}
    </span>
  )
}

const shortWord = (cell: MatrixView): string =>
  cell.state === 'delayed'
    ? `${cell.delayedMinutes} min`
    : cell.state === 'not_entitled'
      ? 'no plan'
      : cell.word
