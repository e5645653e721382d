import type { Watchlist } from '@onetape/api/router'
import clsx from 'clsx'
import { Check, GripVertical, Pencil, Trash2, X } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useSortable } from '../../ui/sortable.ts'
import { movedBy, movedTo, placeWords, stepOf } from './moved.ts'

interface Props {
  lists: readonly Watchlist[]
  chosen: string | null
  onChoose: (id: string) => void
  onOrder: (ids: string[]) => void
  onRename: (id: string, name: string) => void
  onRemove: (list: Watchlist) => void
}

/** The lists at the side: chosen by click or Enter, renamed in place, dragged or moved by Alt with an arrow. */
export function ListRail({ lists, chosen, onChoose, onOrder, onRename, onRemove }: Props) {
  const [renaming, setRenaming] = useState<string | null>(null)
  const [said, setSaid] = useState('')
  const rail = useRef<HTMLUListElement>(null)
  const ids = lists.map((list) => list.id)
  const order = (next: string[], id: string) => {
    const name = lists.find((list) => list.id === id)?.name ?? ''
    setSaid(`${name}, ${placeWords(next, id)}.`)
    if (next.join() !== ids.join()) onOrder(next)
  }
  const onKeyDown = (event: KeyboardEvent, list: Watchlist) => {
    const step = stepOf(event)
    const at = ids.indexOf(list.id)
    const walk: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: ids.length - 1 }
    if (step !== null) order(movedBy(ids, list.id, step), list.id)
    else if (event.altKey || event.ctrlKey || event.metaKey) return
    else if (walk[event.key] !== undefined) {
      const buttons = rail.current?.querySelectorAll<HTMLElement>('[data-choose]')
      buttons?.[Math.min(ids.length - 1, Math.max(0, walk[event.key]!))]?.focus()
    } else if (event.key === 'F2') setRenaming(list.id)
    else if (event.key === 'Delete') onRemove(list)
    else return
    event.preventDefault()
  }
  return (
    <>
      <p id="rail-keys" className="sr-only">
        Arrows walk, Alt with an arrow moves the list, F2 renames it, Delete removes it.
      </p>
      <p role="status" className="sr-only">
        {said}
      </p>
      <ul ref={rail} aria-label="Lists" className="min-h-0 flex-1 overflow-y-auto p-1.5 max-md:max-h-40">
        {lists.map((list) => (
          <ListEntry
            key={list.id}
            list={list}
            isChosen={list.id === chosen}
            isRenaming={list.id === renaming}
            onChoose={() => onChoose(list.id)}
            onKeyDown={(event) => onKeyDown(event, list)}
            onRename={(name) => {
              if (name !== null && name !== list.name) onRename(list.id, name)
              setRenaming(null)
            }}
            onBegin={() => setRenaming(list.id)}
            onRemove={() => onRemove(list)}
            onDropOn={(id, after) => order(movedTo(ids, id, { over: list.id, after }), id)}
          />
        ))}
      </ul>
    </>
  )
}

interface EntryProps {
  list: Watchlist
  isChosen: boolean
  isRenaming: boolean
  onChoose: () => void
  onKeyDown: (event: KeyboardEvent) => void
  onBegin: () => void
  /** Null: let go. */
  onRename: (name: string | null) => void
  onRemove: () => void
  onDropOn: (id: string, after: boolean) => void
}

const TOOL =
  'hidden size-6 shrink-0 items-center justify-center rounded text-muted group-focus-within:inline-flex group-hover:inline-flex hover:bg-surface hover:text-ink max-md:inline-flex max-md:size-9'

function ListEntry(props: EntryProps) {
  const { list, isChosen, isRenaming } = props
  const entry = useRef<HTMLLIElement>(null)
  const { isDragging, edge } = useSortable(entry, { list: 'watchlists', id: list.id, onDrop: props.onDropOn })
  return (
    <li
      ref={entry}
      className={clsx(
        'group relative flex items-center gap-1 rounded-md pr-1',
        isChosen ? 'bg-active' : 'hover:bg-hover',
        isDragging && 'opacity-40',
      )}
    >
      {edge && (
        <span
          aria-hidden
          className={clsx('absolute inset-x-1 h-0.5 bg-accent', edge === 'before' ? '-top-px' : '-bottom-px')}
        />
      )}
      <GripVertical size={13} aria-hidden className="ml-1 shrink-0 cursor-grab text-line-strong" />
      {isRenaming ? (
        <RenameForm name={list.name} onDone={props.onRename} />
      ) : (
        <>
          <button
            type="button"
            data-choose
            aria-current={isChosen ? 'true' : undefined}
            aria-describedby="rail-keys"
            onClick={props.onChoose}
            onDoubleClick={props.onBegin}
            onKeyDown={props.onKeyDown}
            className="flex min-w-0 flex-1 items-baseline gap-2 rounded py-1.5 pl-0.5 text-left max-md:py-2.5"
          >
            <span className="min-w-0 flex-1 truncate font-medium">{list.name}</span>
            <span className="text-[11px] text-muted tabular-nums">
              {list.items.length}
              <span className="sr-only"> instruments</span>
            </span>
          </button>
          <button
            type="button"
            aria-label={`Rename ${list.name}`}
            title="Rename (F2)"
            onClick={props.onBegin}
            className={TOOL}
          >
            <Pencil size={13} aria-hidden />
          </button>
          <button
            type="button"
            aria-label={`Remove ${list.name}`}
            title="Remove (Delete)"
            onClick={props.onRemove}
            className={TOOL}
          >
            <Trash2 size={13} aria-hidden />
          </button>
        </>
      )}
    </li>
  )
}

function RenameForm({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const [text, setText] = useState(name)
  const save = (event: FormEvent) => {
    event.preventDefault()
    onDone(text.trim() === '' ? null : text.trim())
  }
  return (
    <form onSubmit={save} className="flex min-w-0 flex-1 items-center gap-1 py-1">
      <input
        // biome-ignore lint/a11y/noAutofocus: the name was pressed to be written anew.
        autoFocus
        aria-label={`New name of ${name}`}
        value={text}
        maxLength={60}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone(null)
        }}
        className="h-7 w-full min-w-0 rounded border border-line-strong bg-surface px-1.5 max-md:h-9 max-md:text-base"
      />
      <button type="submit" aria-label="Save the name" className={TOOL.replace('hidden', 'inline-flex')}>
        <Check size={14} aria-hidden />
      </button>
      <button
        type="button"
        aria-label="Keep the old name"
        onClick={() => onDone(null)}
        className={TOOL.replace('hidden', 'inline-flex')}
      >
        <X size={14} aria-hidden />
      </button>
    </form>
  )
}
