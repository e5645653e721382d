import type { ProbeAnswer, VendorReport } from '@onetape/api/router'
import { ArrowLeft, RotateCcw } from 'lucide-react'
import type { SecretCall } from '../../api/secret-call.ts'
import { useSources } from '../../api/sources.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { useNowMs } from '../../ui/ticker.ts'
import { CLASS_LABELS } from '../source-matrix.ts'
import { FindingsFacts } from './FindingsFacts.tsx'
import { FindingsTable } from './FindingsTable.tsx'
import { probeLine } from './findings-words.ts'

interface Props {
  vendor: VendorReport
  probe: SecretCall<ProbeAnswer>
  onAgain: () => void
  onBack: () => void
  onNext: () => void
}

/** The vendor is asked, and what it showed is looked at. */
export function ProbeStep({ vendor, probe, onAgain, onBack, onNext }: Props) {
  const answer = probe.status === 'done' ? probe.data : null
  return (
    <div className="flex flex-col gap-3.5">
      {probe.status === 'pending' && <Asking vendor={vendor} sinceMs={probe.sinceMs} />}
      {probe.status === 'failed' && (
        <Alert tone="alarm" title={probe.problem.line}>
          {probe.problem.code === null
            ? 'The connection was lost in the middle. Nothing was stored, and what you typed is still here: test again.'
            : 'Nothing was stored.'}
        </Alert>
      )}
      {answer && <Found vendor={vendor} answer={answer} />}
      <div className="flex flex-wrap justify-between gap-2 border-t border-line pt-3">
        <Button onClick={onBack}>
          <ArrowLeft size={13} aria-hidden />
          {probe.status === 'pending' ? 'Stop' : vendor.how === 'none' ? 'Other vendor' : 'Back to the key'}
        </Button>
        <span className="flex gap-2">
          {probe.status !== 'pending' && (
            <Button onClick={onAgain}>
              <RotateCcw size={13} aria-hidden />
              Test again
            </Button>
          )}
          {answer?.findings.ok && (
            <Button tone="primary" onClick={onNext}>
              Choose its places
            </Button>
          )}
        </span>
      </div>
    </div>
  )
}

/** How long it has been at it, and what it asks: the vendor's answers come together, at the end. */
function Asking({ vendor, sinceMs }: { vendor: VendorReport; sinceMs: number }) {
  const seconds = Math.max(0, Math.floor((useNowMs() - sinceMs) / 1_000))
  const matrix = useSources().data?.sources.find((s) => s.provider === vendor.provider)?.matrix ?? {}
  const classes = Object.keys(matrix) as (keyof typeof CLASS_LABELS)[]
  const questions = [
    'Whether it takes the credentials, and which plan they have',
    ...(classes.length === 0
      ? ['A price of each asset class, and how old it is']
      : classes.map((c) => `${CLASS_LABELS[c]}: a price and its age, how far back bars go`)),
    'Its limits, and how many symbols it lists',
  ]
  return (
    <div role="status" aria-label={`Asking ${vendor.label}`}>
      <div className="flex items-baseline justify-between pb-2">
        <p className="font-medium">Asking {vendor.label}…</p>
        <p aria-hidden className="text-xs text-muted tabular-nums">
          {seconds} s
        </p>
      </div>
      <div aria-hidden className="h-1 overflow-hidden rounded-full bg-line">
        <span className="sweep block h-full w-1/3 rounded-full bg-accent" />
      </div>
      <ul className="flex flex-col gap-2 pt-3 text-xs text-muted">
        {questions.map((question) => (
          <li key={question} className="flex items-center gap-3">
            <span className="min-w-0 flex-1">{question}</span>
            <span aria-hidden className="skeleton h-2.5 w-16 shrink-0" />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Found({ vendor, answer: { findings, name } }: { vendor: VendorReport; answer: ProbeAnswer }) {
  const { ok, problem } = findings
  return (
    <>
      {problem && (
        <Alert tone={ok ? 'warn' : 'alarm'} title={problem.words}>
          {problem.fix}
        </Alert>
      )}
      {ok && (
        <>
          {!problem && (
            <Alert tone="good" title={`${vendor.label} answers.`}>
              {probeLine(findings)}. It will be called <code className="font-mono">{name}</code>.
            </Alert>
          )}
          <FindingsFacts findings={findings} />
          <FindingsTable findings={findings} caption={`What ${vendor.label} gives for these credentials`} />
        </>
      )}
    </>
  )
}
