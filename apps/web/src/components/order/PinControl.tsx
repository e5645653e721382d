import type { DataKind } from '@onetape/market'
import clsx from 'clsx'
import { Pin } from 'lucide-react'
import { usePins } from '../../api/mine.ts'
import { KIND_LABELS } from '../source-matrix.ts'
import { announce } from './live-words.ts'
import type { KnownSource } from './source-standing.ts'
import { editDesk, useEditDesk } from './use-edit-desk.ts'
import { useKnownSources } from './use-known-sources.ts'

interface SelectProps {
  subject: { key: string; symbol: string }
  kind: DataKind
  known: ReadonlyMap<string, KnownSource>
  /** A pin that is there: taken away elsewhere. */
  isFixed?: boolean
}

/** The source that a symbol is pinned to. */
export function PinSelect({ subject, kind, known, isFixed = false }: SelectProps) {
  useEditDesk()
  const pin = { what: 'pin', kind, ...subject } as const
  const source = editDesk.valueOf(pin)?.[0] ?? ''
  const names = [...known.keys()]
  if (source && !names.includes(source)) names.push(source)
  return (
    <select
      aria-label={`Source of ${subject.symbol}, ${KIND_LABELS[kind].toLowerCase()}`}
      value={source}
      onChange={(event) => {
        const chosen = event.target.value
        announce(chosen ? `${subject.symbol} is pinned to ${chosen}.` : `${subject.symbol} is not pinned.`)
        void editDesk.change(pin, chosen ? [chosen] : null)
      }}
      className="h-6 max-w-32 rounded border border-line-strong bg-surface px-1 text-xs max-sm:h-9"
    >
      {!isFixed && <option value="">no pin</option>}
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  )
}

/** On an instrument's page: which source its quotes are pinned to. */
export function PinControl({ subject }: { subject: { key: string; symbol: string } }) {
  useEditDesk()
  usePins()
  const known = useKnownSources()
  if (known.size === 0) return null
  const pinned = editDesk.valueOf({ what: 'pin', kind: 'quotes', ...subject }) !== null
  return (
    <span className="inline-flex items-center gap-1.5">
      <Pin
        size={12}
        aria-hidden
        className={clsx('shrink-0', pinned ? 'fill-accent text-accent' : 'text-muted')}
      />
      <PinSelect subject={subject} kind="quotes" known={known} />
    </span>
  )
}
