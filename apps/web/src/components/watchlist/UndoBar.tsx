import { Undo2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '../../ui/Button.tsx'

export interface Undo {
  what: string
  back: () => void
}

const STANDS_MS = 12_000

/** Says what was just taken away, for long enough to take it back. It waits while someone is at it. */
export function UndoBar({ undo, onOver }: { undo: Undo; onOver: () => void }) {
  const over = useRef(onOver)
  const isHeld = useRef(false)
  useEffect(() => {
    over.current = onOver
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another undo stands for as long again.
  useEffect(() => {
    const timer = setInterval(() => {
      if (!isHeld.current) over.current()
    }, STANDS_MS)
    return () => clearInterval(timer)
  }, [undo])
  const hold = (held: boolean) => () => {
    isHeld.current = held
  }
  return (
    <div
      role="status"
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
      onFocus={hold(true)}
      onBlur={hold(false)}
      className="flex shrink-0 items-center gap-3 border-t border-line-strong bg-raised px-3 py-2"
    >
      <span className="min-w-0 flex-1 truncate">{undo.what}</span>
      <Button
        onClick={() => {
          undo.back()
          onOver()
        }}
      >
        <Undo2 size={14} aria-hidden /> Undo
      </Button>
    </div>
  )
}
