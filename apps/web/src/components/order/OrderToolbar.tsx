import { Redo2, TriangleAlert, Undo2 } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { useShortcuts } from '../../ui/shortcuts.ts'
import { KIND_LABELS } from '../source-matrix.ts'
import type { Conflict, DeskState, Edit, Value } from './edit-desk.ts'
import { announce, useLiveWords } from './live-words.ts'
import { className } from './order-rows.ts'
import { mineOverTheirs } from './source-order.ts'
import { editDesk, useEditDesk } from './use-edit-desk.ts'

const subjectWords = ({ subject }: Pick<Edit, 'subject'>): string =>
  subject.what === 'order'
    ? `${KIND_LABELS[subject.kind]}, ${className(subject.assetClass).toLowerCase()}`
    : `the pin of ${subject.symbol}, ${KIND_LABELS[subject.kind].toLowerCase()}`

const valueWords = (value: Value, what: 'order' | 'pin'): string =>
  value === null ? (what === 'pin' ? 'no pin' : 'the default') : value.join(' › ')

/** Whether the last change is saved, and the way to take it back. */
export function OrderToolbar() {
  const { status, undo, redo, conflict } = useEditDesk()
  const takeBack = () => {
    const edit = editDesk.undo()
    announce(edit ? `Undone: ${subjectWords(edit)}.` : 'Nothing to undo.')
  }
  const again = () => {
    const edit = editDesk.redo()
    announce(edit ? `Done again: ${subjectWords(edit)}.` : 'Nothing to do again.')
  }
  useShortcuts({ 'Mod+z': (event) => (event.shiftKey ? again() : takeBack()), 'Mod+y': again })
  const last = undo.at(-1)
  return (
    <div className="sticky top-0 z-20 border-b border-line bg-surface">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
        <h1 className="text-[15px] font-semibold">Your order</h1>
        <p role="status" aria-label="Saving" className="min-w-0 flex-1 truncate text-xs">
          <Status status={status} conflict={conflict} />
        </p>
        <Button
          onClick={takeBack}
          disabled={undo.length === 0}
          title={last ? `Undo: ${subjectWords(last)} (Ctrl+Z)` : 'Nothing to undo'}
          className="disabled:opacity-45"
        >
          <Undo2 size={13} aria-hidden />
          Undo
        </Button>
        <Button
          onClick={again}
          disabled={redo.length === 0}
          aria-label="Redo"
          title="Redo (Ctrl+Shift+Z)"
          className="disabled:opacity-45"
        >
          <Redo2 size={13} aria-hidden />
        </Button>
      </div>
      {conflict && <ConflictLine conflict={conflict} />}
      <LiveWords />
      <p id="order-keys" className="sr-only">
        Space lifts it, arrows move it, space drops it, escape puts it back. Alt and an arrow move it at once.
        Delete takes it out.
      </p>
    </div>
  )
}

function Status({ status, conflict }: Pick<DeskState, 'status' | 'conflict'>) {
  if (conflict) return <span className="text-warn">Not saved: changed elsewhere meanwhile.</span>
  if (status.state === 'failed')
    return (
      <span className="text-alarm">
        Not saved: {status.line} {status.edit && `${subjectWords(status.edit)} is as it was.`}
      </span>
    )
  if (status.state === 'saving') return <span className="text-muted">Saving…</span>
  if (status.state === 'saved' && status.edit)
    return (
      <span className="text-muted">
        Saved: {subjectWords(status.edit)}, {valueWords(status.edit.after, status.edit.subject.what)}
      </span>
    )
  return <span className="text-muted">Whom to ask first, for you alone. Every change is saved at once.</span>
}

const LiveWords = () => (
  <p aria-live="assertive" className="sr-only">
    {useLiveWords()}
  </p>
)

function ConflictLine({ conflict }: { conflict: Conflict }) {
  const { before, after, theirs, subject } = conflict
  const merged = subject.what === 'pin' ? after : mineOverTheirs({ before, mine: after, theirs })
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-warn-line bg-warn-wash px-3 py-1.5 text-xs text-warn"
    >
      <TriangleAlert size={14} aria-hidden className="shrink-0" />
      <p className="min-w-0 flex-1 basis-60">
        <strong className="font-semibold">
          {subjectWords(conflict)} was changed in another tab or device meanwhile.
        </strong>{' '}
        Now shown: {valueWords(theirs, subject.what)}. Yours was: {valueWords(after, subject.what)}.
      </p>
      <Button onClick={() => void editDesk.settleConflict(merged)}>Apply mine again</Button>
      <Button onClick={() => void editDesk.settleConflict()}>Keep theirs</Button>
    </div>
  )
}
