import type { BudgetReport, MySource } from '@onetape/api/router'
import clsx from 'clsx'
import { useId, useState } from 'react'
import { Chip } from '../../ui/Chip.tsx'
import { BudgetLeft } from '../BudgetLeft.tsx'
import { FindingsFacts } from '../connect/FindingsFacts.tsx'
import { FindingsTable } from '../connect/FindingsTable.tsx'
import { quotesWord } from '../connect/findings-words.ts'
import { VendorMark } from '../connect/VendorMark.tsx'
import { Latency } from '../HealthState.tsx'
import { useAtWallTime } from '../market-clock.ts'
import { StateMark } from '../SourcesToolbar.tsx'
import { CLASS_LABELS } from '../source-matrix.ts'
import { formatSpan } from '../time-format.ts'
import { ExpiryCountdown } from './ExpiryCountdown.tsx'
import { MySourceActions } from './MySourceActions.tsx'
import { ProblemList } from './ProblemList.tsx'
import { SourceState } from './SourceState.tsx'
import { firstAid } from './source-state.ts'

interface Props {
  source: MySource
  budgets: readonly BudgetReport[]
  /** Others of the same vendor. */
  siblings: number
  onDetails: () => void
}

/** One source of one's own, at a glance and in full. */
export function MySourceCard({ source, budgets, siblings, onDetails }: Props) {
  const id = useId()
  const needsHelp = source.state !== 'connected' && source.state !== 'paused'
  return (
    <li
      aria-labelledby={id}
      className={clsx(
        'flex min-w-0 flex-col gap-2.5 rounded-lg border bg-surface px-3.5 py-3 text-xs',
        needsHelp ? 'border-alarm-line' : source.warning ? 'border-warn-line' : 'border-line',
      )}
    >
      <div className="flex items-start gap-2.5">
        <VendorMark provider={source.provider} label={source.providerLabel} />
        <div className="min-w-0 flex-1 leading-[1.3]">
          <h3 id={id} className="flex flex-wrap items-center gap-x-2 text-[14px] font-semibold">
            <span className="min-w-0 break-words">{source.label}</span>
            {siblings > 0 && source.isPrimary && <Chip title="The first of this vendor’s">primary</Chip>}
          </h3>
          <p className="text-[11px] break-words text-muted">
            {[source.label === source.providerLabel ? null : source.providerLabel, source.tierLabel]
              .filter(Boolean)
              .join(' · ')}{' '}
            · <code className="font-mono">{source.name}</code>
          </p>
        </div>
        <SourceState source={source} />
      </div>
      {source.message && (
        <p className={clsx('text-xs break-words', needsHelp ? 'text-alarm' : 'text-muted')}>
          {source.message}
        </p>
      )}
      <Facts source={source} budgets={budgets} />
      <Found source={source} />
      <ProblemList source={source} />
      <MySourceActions source={source} siblings={siblings} aid={firstAid(source)} onDetails={onDetails} />
    </li>
  )
}

function Facts({ source, budgets }: Pick<Props, 'source' | 'budgets'>) {
  const { hint, expiresAt, health, how } = source
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1.5 border-t border-line pt-2.5 [&_dt]:text-[11px] [&_dt]:text-muted">
      {(hint !== null || how === 'key') && (
        <div>
          <dt>Key</dt>
          <dd className="font-mono" title="Stored encrypted; never shown again">
            <span aria-hidden>••••</span>
            <span className="sr-only">ends in </span>
            {hint ?? ''}
          </dd>
        </div>
      )}
      {expiresAt !== null && (
        <div>
          <dt>Sign-in</dt>
          <dd>
            <ExpiryCountdown expiresAt={expiresAt} />
          </dd>
        </div>
      )}
      {health?.latencyMs != null && (
        <div>
          <dt>Answers in</dt>
          <dd>
            <Latency ms={health.latencyMs} />
          </dd>
        </div>
      )}
      {budgets.length > 0 && (
        <div className="w-44 min-w-0">
          <dt>Budget left</dt>
          <dd>
            <BudgetLeft budgets={budgets} source={source.name} />
          </dd>
        </div>
      )}
      {source.lastCalls[0] && (
        <div>
          <dt>Last asked</dt>
          <dd>
            <Ago at={source.lastCalls[0].at} />
          </dd>
        </div>
      )}
    </dl>
  )
}

function Ago({ at }: { at: number }) {
  const age = useAtWallTime((now) => formatSpan(now - at))
  return <span className="tabular-nums">{age === null ? '' : `${age} ago`}</span>
}

/** What the last test found: in one line, and in full when asked for. */
function Found({ source }: { source: MySource }) {
  const [isOpen, setOpen] = useState(false)
  const { findings, probedAt } = source
  if (!findings) return <p className="text-muted">Not tested yet.</p>
  const classes = findings.classes.filter((c) => c.quotes !== 'none' || c.charts)
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
      <summary className="flex cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 rounded marker:content-none">
        <span className="inline-flex items-center gap-1 font-medium">
          <span aria-hidden className="inline-block text-muted transition-transform group-open:rotate-90">
            ›
          </span>
          It gives
        </span>
        {!isOpen &&
          classes.map((c) => (
            <span key={c.assetClass} className="inline-flex items-center gap-1 whitespace-nowrap">
              <StateMark state={c.quotes} />
              {CLASS_LABELS[c.assetClass]} <span className="text-muted">{quotesWord(c)}</span>
            </span>
          ))}
        {probedAt !== null && (
          <span className="ml-auto text-[11px] text-muted">
            tested <Ago at={probedAt} />
          </span>
        )}
      </summary>
      <div className="flex flex-col gap-2.5 pt-2.5">
        <FindingsFacts findings={findings} />
        <FindingsTable findings={findings} caption={`What ${source.label} gives`} />
      </div>
    </details>
  )
}
