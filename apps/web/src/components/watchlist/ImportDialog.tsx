import type { ImportedLine, ImportOutcome, ImportReport } from '@onetape/api/router'
import clsx from 'clsx'
import { FileUp, X } from 'lucide-react'
import { type DragEvent, type FormEvent, useId, useRef, useState } from 'react'
import { lineOf } from '../../api/trpc.ts'
import { useImportList } from '../../api/watchlists.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { formatCount } from '../number-format.ts'

const TEXT_MAX = 100_000

interface Props {
  onClose: () => void
  onImported: (id: string) => void
}

/** Symbols pasted or from a file become a list; what became of each line is shown. */
export function ImportDialog({ onClose, onImported }: Props) {
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const bring = useImportList()
  const done = bring.data ?? null
  const take = async (file: File | undefined) => {
    if (!file) return
    if (file.size > TEXT_MAX)
      return setProblem(`${file.name} is too large: at most ${formatCount(TEXT_MAX)} characters are read.`)
    setProblem(null)
    setText(await file.text())
    if (name.trim() === '') setName(file.name.replace(/\.[^.]*$/, '').slice(0, 60))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    bring.mutate({ name: name.trim(), text }, { onSuccess: ({ list }) => list && onImported(list.id) })
  }
  return (
    <Dialog label="Import a list" onClose={onClose} className="sm:w-[min(40rem,calc(100vw-1.5rem))]!">
      <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
        <h2 className="text-[15px] font-semibold">Import a list</h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {done?.list ? (
        <Report report={done} onClose={onClose} />
      ) : (
        <form
          onSubmit={submit}
          onDragOver={(event: DragEvent) => event.preventDefault()}
          onDrop={(event: DragEvent) => {
            event.preventDefault()
            void take(event.dataTransfer.files[0])
          }}
          className="flex max-h-[70vh] flex-col gap-3 overflow-y-auto px-4 py-3"
        >
          <Field
            label="Name of the list"
            value={name}
            maxLength={60}
            autoFocus
            onChange={(event) => setName(event.target.value)}
          />
          <PasteArea text={text} onText={setText} onFile={take} />
          {problem && <Alert tone="alarm" title={problem} />}
          {bring.error && (
            <Alert tone="alarm" title="Nothing was stored.">
              {lineOf(bring.error)}
            </Alert>
          )}
          {done && !done.list && (
            <>
              <Alert tone="warn" title="Nothing was stored: no line names an instrument of the tape." />
              <Lines lines={done.lines} />
            </>
          )}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              tone="primary"
              disabled={name.trim() === '' || text.trim() === '' || bring.isPending}
            >
              {bring.isPending ? 'Importing…' : 'Import'}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

interface PasteAreaProps {
  text: string
  onText: (text: string) => void
  onFile: (file: File | undefined) => Promise<void>
}

function PasteArea({ text, onText, onFile }: PasteAreaProps) {
  const id = useId()
  const file = useRef<HTMLInputElement>(null)
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-end justify-between gap-2">
        <label htmlFor={id} className="text-xs font-medium">
          Symbols or keys
        </label>
        <Button onClick={() => file.current?.click()}>
          <FileUp size={14} aria-hidden /> From a file
        </Button>
        <input
          ref={file}
          type="file"
          aria-label="File to import"
          tabIndex={-1}
          accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
          className="sr-only"
          onChange={(event) => {
            void onFile(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
      <textarea
        id={id}
        value={text}
        maxLength={TEXT_MAX}
        rows={9}
        spellCheck={false}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onText(event.target.value)}
        placeholder={'AAPL\nMSFT\ncrypto:BTC-USD'}
        className="w-full resize-y rounded-md border border-line-strong bg-surface px-2.5 py-2 font-mono text-xs placeholder:text-muted max-sm:text-base"
      />
      <p id={`${id}-hint`} className="text-[11px] text-muted">
        One a line, or CSV or TSV with a column “symbol” or “key”. A file can be dropped here.
      </p>
    </div>
  )
}

const WORDS: Record<ImportOutcome, string> = {
  taken: 'taken',
  doubled: 'named twice',
  unknown: 'unknown',
  broken: 'not readable',
}

function Report({ report, onClose }: { report: ImportReport; onClose: () => void }) {
  const { counts } = report
  const rest = (['doubled', 'unknown', 'broken'] as const).filter((outcome) => counts[outcome] > 0)
  return (
    <div className="flex max-h-[70vh] flex-col gap-3 overflow-y-auto px-4 py-3">
      <Alert
        tone={rest.length === 0 ? 'good' : 'warn'}
        title={`${formatCount(counts.taken)} ${counts.taken === 1 ? 'instrument is' : 'instruments are'} in the list.`}
      >
        {rest.length > 0 &&
          `Left out: ${rest.map((outcome) => `${formatCount(counts[outcome])} ${WORDS[outcome]}`).join(', ')}.`}
      </Alert>
      <Lines lines={report.lines} />
      <div className="flex justify-end">
        <Button tone="primary" autoFocus onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  )
}

const LINES_SHOWN = 300

function Lines({ lines }: { lines: readonly ImportedLine[] }) {
  // What needs a look comes first.
  const sorted = [...lines].sort(
    (a, b) => Number(a.outcome === 'taken') - Number(b.outcome === 'taken') || a.line - b.line,
  )
  return (
    <section
      aria-label="Line by line"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
      tabIndex={0}
      className="max-h-[38vh] overflow-y-auto rounded-md border border-line"
    >
      <table className="w-full text-left text-xs">
        <thead className="sticky top-0 bg-sunken text-[11px] text-muted">
          <tr>
            <th className="px-2 py-1 text-right font-medium">Line</th>
            <th className="px-2 py-1 font-medium">Text</th>
            <th className="px-2 py-1 font-medium">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, LINES_SHOWN).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line may name several.
            <tr key={index} className="border-t border-line">
              <td className="px-2 py-1 text-right text-muted tabular-nums">{line.line}</td>
              <td className="max-w-40 truncate px-2 py-1 font-mono">{line.text}</td>
              <td className={clsx('px-2 py-1', line.outcome === 'taken' ? 'text-up' : 'text-warn')}>
                {WORDS[line.outcome]}
                {(line.why ?? line.key) && <span className="text-muted">, {line.why ?? line.key}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > LINES_SHOWN && (
        <p className="px-2 py-1 text-xs text-muted">and {formatCount(sorted.length - LINES_SHOWN)} more</p>
      )}
    </section>
  )
}
