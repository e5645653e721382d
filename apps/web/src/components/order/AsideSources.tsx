import clsx from 'clsx'
import { Plus } from 'lucide-react'
import { useRef } from 'react'
import { OwnMark } from './OrderCard.tsx'
import { useAreaDrop, useCardDrag, useIsDragging } from './order-drag.ts'
import { StandingWord } from './StandingDot.tsx'
import type { KnownSource, Standing } from './source-standing.ts'

interface Props {
  row: string
  names: readonly string[]
  standing: (name: string) => Standing
  known: ReadonlyMap<string, KnownSource>
  onPutIn: (name: string) => void
  onTakeOut: (name: string) => void
}

/** Sources that the order does not name. Pressed, one is put in at the end; dragged, anywhere. */
export function AsideSources({ row, names, standing, known, onPutIn, onTakeOut }: Props) {
  const area = useRef<HTMLDivElement>(null)
  const isOver = useAreaDrop(area, {
    row,
    onDrop: (name) => {
      if (!names.includes(name)) onTakeOut(name)
    },
  })
  // Where all are asked it is only in the way until one is on its way out.
  const isDragging = useIsDragging(row)
  return (
    <div
      ref={area}
      className={clsx(
        'flex flex-1 flex-wrap items-center gap-1 rounded-md border border-dashed px-1.5',
        names.length === 0 && !isDragging && 'sr-only',
        names.length === 0 ? 'min-h-8 min-w-28' : 'min-h-10 min-w-40 py-1',
        isOver ? 'border-accent bg-active' : 'border-line',
      )}
    >
      <span className="pr-0.5 text-[11px] text-muted">
        {names.length === 0 ? 'Drop here to leave out' : 'Not asked'}
      </span>
      <ul aria-label="Not asked" className="contents">
        {names.map((name) => (
          <Aside
            key={name}
            {...{ row, name }}
            standing={standing(name)}
            isOwnSource={known.get(name)?.source.owner === 'user'}
            onPutIn={() => onPutIn(name)}
          />
        ))}
      </ul>
    </div>
  )
}

interface AsideProps {
  row: string
  name: string
  standing: Standing
  isOwnSource: boolean
  onPutIn: () => void
}

function Aside({ row, name, standing, isOwnSource, onPutIn }: AsideProps) {
  const chip = useRef<HTMLLIElement>(null)
  const { isDragging } = useCardDrag(chip, { row, name, takesDrops: false })
  return (
    <li ref={chip} className={clsx('min-w-0 cursor-grab', isDragging && 'opacity-40')}>
      <button
        type="button"
        title={`${name}: ${standing.why}. Press to put it in at the end.`}
        onClick={onPutIn}
        className="inline-flex h-6 max-w-full items-center gap-1 rounded border border-line bg-surface px-1.5 text-xs hover:border-accent max-sm:h-9"
      >
        <Plus size={11} aria-hidden className="shrink-0 text-muted" />
        <span className="sr-only">Put in </span>
        <span className="truncate font-medium">{name}</span> {isOwnSource && <OwnMark />}
        <StandingWord standing={standing} />
      </button>
    </li>
  )
}
