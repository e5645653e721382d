import type { FoundInstrument } from '@onetape/api/router'
import { DATA_KINDS, type DataKind } from '@onetape/market'
import { Link } from '@tanstack/react-router'
import { Pin, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { usePins } from '../../api/mine.ts'
import { lineOf } from '../../api/trpc.ts'
import { Button } from '../../ui/Button.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { SearchDialog } from '../SearchDialog.tsx'
import { KIND_LABELS } from '../source-matrix.ts'
import { announce } from './live-words.ts'
import { PinSelect } from './PinControl.tsx'
import type { KnownSource } from './source-standing.ts'
import { editDesk, useEditDesk } from './use-edit-desk.ts'

type Subject = Pick<FoundInstrument, 'key' | 'symbol'>

/** Single symbols whose source stands before every order. */
export function PinPanel({ known }: { known: ReadonlyMap<string, KnownSource> }) {
  useEditDesk()
  const pins = usePins()
  const [isPicking, setPicking] = useState(false)
  const [draft, setDraft] = useState<Subject | null>(null)
  const shown = (pins.data ?? []).filter(
    (pin) => editDesk.valueOf({ what: 'pin', kind: pin.kind, key: pin.key, symbol: pin.symbol }) !== null,
  )
  return (
    <Panel title="Pins">
      <p className="pb-2 text-muted">One symbol, one source: asked before your order and the house’s.</p>
      {shown.length > 0 && (
        <ul aria-label="Pins" className="flex flex-col gap-1 pb-2">
          {shown.map(({ key, symbol, kind }) => (
            <li key={`${key} ${kind}`} className="flex items-center gap-2">
              <Pin size={12} aria-hidden className="shrink-0 text-accent" />
              <Link
                to="/i/$key"
                params={{ key }}
                className="min-w-0 flex-1 truncate rounded font-semibold hover:underline"
              >
                {symbol}
              </Link>
              <span className="text-muted">{KIND_LABELS[kind].toLowerCase()}</span>
              <PinSelect subject={{ key, symbol }} kind={kind} known={known} isFixed />
              <IconButton
                label={`Remove the pin of ${symbol}, ${KIND_LABELS[kind].toLowerCase()}`}
                onClick={() => {
                  announce(`${symbol} is not pinned any more.`)
                  void editDesk.change({ what: 'pin', kind, key, symbol }, null)
                }}
                className="size-6!"
              >
                <X size={13} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {pins.error && <p className="pb-2 text-alarm">{lineOf(pins.error)}</p>}
      {draft ? (
        <NewPin subject={draft} known={known} onDone={() => setDraft(null)} />
      ) : (
        <Button onClick={() => setPicking(true)} aria-haspopup="dialog">
          <Plus size={13} aria-hidden />
          Pin a symbol
        </Button>
      )}
      {isPicking && <SearchDialog onClose={() => setPicking(false)} onPick={setDraft} />}
    </Panel>
  )
}

interface NewPinProps {
  subject: Subject
  known: ReadonlyMap<string, KnownSource>
  onDone: () => void
}

function NewPin({ subject, known, onDone }: NewPinProps) {
  const [kind, setKind] = useState<DataKind>('quotes')
  const [source, setSource] = useState<string | null>(null)
  const choices = [...known.keys()]
  return (
    <form
      aria-label={`Pin ${subject.symbol}`}
      onSubmit={(event) => {
        event.preventDefault()
        const chosen = source ?? choices[0]
        if (!chosen) return
        announce(`${subject.symbol} is pinned to ${chosen}.`)
        void editDesk.change({ what: 'pin', kind, ...subject }, [chosen])
        onDone()
      }}
      className="flex flex-wrap items-center gap-2 rounded-md bg-sunken p-2"
    >
      <strong className="font-semibold">{subject.symbol}</strong>
      <Pick label="Kind of data" value={kind} onChange={(value) => setKind(value as DataKind)}>
        {DATA_KINDS.map((k) => (
          <option key={k} value={k}>
            {KIND_LABELS[k].toLowerCase()}
          </option>
        ))}
      </Pick>
      <Pick label="Source" value={source ?? choices[0] ?? ''} onChange={setSource}>
        {choices.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Pick>
      <Button type="submit">Pin</Button>
      <Button onClick={onDone}>Cancel</Button>
    </form>
  )
}

interface PickProps {
  label: string
  value: string
  onChange: (value: string) => void
  children: React.ReactNode
}

const Pick = ({ label, value, onChange, children }: PickProps) => (
  <select
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    className="h-7 rounded border border-line-strong bg-surface px-1 max-sm:h-9"
  >
    {children}
  </select>
)
