import type { FoundInstrument } from '@onetape/api/router'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import clsx from 'clsx'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { lineOf, trpc } from '../api/trpc.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Kbd } from '../ui/Kbd.tsx'

const DEBOUNCE_MS = 120
const RESULTS_MAX = 20

interface Props {
  onClose: () => void
  /** Takes what was found; without it, its page is opened. */
  onPick?: (found: FoundInstrument) => void
}

/** Finds an instrument by symbol, name or a symbol of its past. */
export function SearchDialog({ onClose, onPick }: Props) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [picked, setPicked] = useState(0)
  /** Enter was pressed before the answer to what is typed had come. */
  const [isEntered, setEntered] = useState(false)
  const list = useRef<HTMLDivElement>(null)
  const pointer = useRef<{ x: number; y: number } | null>(null)
  const asked = useDebounced(text.trim(), DEBOUNCE_MS)
  const search = useQuery({
    ...trpc.instruments.search.queryOptions({ text: asked, limit: RESULTS_MAX }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  })
  const found = asked === '' ? [] : (search.data ?? [])
  const at = Math.min(picked, found.length - 1)
  const isCurrent = asked === text.trim() && !search.isPlaceholderData && !search.isPending

  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const open = (chosen: FoundInstrument) => {
    onClose()
    if (onPick) onPick(chosen)
    else void navigate({ to: '/i/$key', params: { key: chosen.key } })
  }
  // What was typed is opened, never what an earlier letter had found.
  useEffect(() => {
    if (!isEntered || !isCurrent) return
    setEntered(false)
    if (found[at]) open(found[at])
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = found[at]
    if (event.key === 'ArrowDown') setPicked(Math.min(found.length - 1, at + 1))
    else if (event.key === 'ArrowUp') setPicked(Math.max(0, at - 1))
    else if (event.key === 'Enter' && !isCurrent) setEntered(text.trim() !== '')
    else if (event.key === 'Enter' && chosen) open(chosen)
    else return
    event.preventDefault()
  }

  return (
    <Dialog label="Search instruments" onClose={onClose}>
      <div className="flex items-center gap-2.5 border-b border-line px-3.5">
        <Search size={17} aria-hidden className="shrink-0 text-muted" />
        <input
          autoFocus
          role="combobox"
          aria-label="Search instruments"
          aria-expanded={found.length > 0}
          aria-controls="search-results"
          aria-autocomplete="list"
          aria-activedescendant={found[at] ? `found-${at}` : undefined}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setPicked(0)
            setEntered(false)
          }}
          onKeyDown={onKeyDown}
          placeholder="Symbol or name"
          spellCheck={false}
          autoComplete="off"
          className="h-12 w-full bg-transparent text-base outline-none placeholder:text-muted"
        />
        <Kbd>Esc</Kbd>
      </div>
      <div
        ref={list}
        id="search-results"
        role="listbox"
        aria-label="Instruments found"
        className={clsx('max-h-[56vh] overflow-y-auto', found.length > 0 && 'p-1.5')}
      >
        {found.map((instrument, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option.
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter is handled by the input.
          <div
            key={instrument.key}
            id={`found-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => open(instrument)}
            onPointerMove={({ clientX: x, clientY: y }) => {
              // A list that grows under a pointer at rest is no choice of it.
              const was = pointer.current
              pointer.current = { x, y }
              if (was && (was.x !== x || was.y !== y)) setPicked(index)
            }}
            className={clsx(
              'flex cursor-pointer items-baseline gap-3 rounded-md px-2.5 py-1.5 max-sm:py-2.5',
              index === at && 'bg-active',
            )}
          >
            <span className="w-24 shrink-0 font-semibold">{instrument.symbol}</span>
            <span className="min-w-0 flex-1 truncate">
              {instrument.name}
              {instrument.pastSymbols && instrument.pastSymbols.length > 0 && (
                <span className="text-muted"> formerly {instrument.pastSymbols.join(', ')}</span>
              )}
            </span>
            <code className="shrink-0 font-mono text-[11px] text-muted max-sm:hidden">{instrument.key}</code>
          </div>
        ))}
      </div>
      <p role="status" className="px-4 py-3 text-muted empty:hidden">
        {messageOf({ asked, found: found.length, isPending: search.isFetching, error: search.error })}
      </p>
    </Dialog>
  )
}

function messageOf(s: { asked: string; found: number; isPending: boolean; error: unknown }): string {
  if (s.asked === '') return 'Type a symbol such as AAPL or BTC, or a part of a name.'
  if (s.error) return lineOf(s.error)
  if (s.found > 0) return ''
  return s.isPending ? 'Searching…' : `Nothing on this tape is called “${s.asked}”.`
}

function useDebounced(value: string, delayMs: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs)
    return () => clearTimeout(timer)
  }, [value, delayMs])
  return settled
}
