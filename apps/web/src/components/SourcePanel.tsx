import type { ProvidersReport, SourceReport } from '@onetape/api/router'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Chip } from '../ui/Chip.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Panel } from '../ui/Panel.tsx'
import { BudgetList } from './BudgetList.tsx'
import { CallTable } from './CallTable.tsx'
import { HealthState, Latency } from './HealthState.tsx'
import { useMarketNow, useWallNow } from './market-clock.ts'
import { formatCount, UNKNOWN } from './number-format.ts'
import { SourceGives } from './SourceGives.tsx'
import { BREAKER_WORDS, plainWord, streamWords } from './source-health.ts'
import { formatSpan, formatWallClock } from './time-format.ts'

interface Props {
  report: ProvidersReport
  source: SourceReport
  onClose: () => void
}

/** Everything that is known of one source. */
export function SourcePanel({ report, source, onClose }: Props) {
  return (
    <>
      <div className="sticky top-0 z-10 flex items-start gap-2 border-b border-line bg-surface px-3 py-2.5">
        <div className="min-w-0 flex-1">
          <h2 className="text-[15px] leading-tight font-semibold">{source.label}</h2>
          <p className="text-xs text-muted">
            {source.tierLabel} <Chip>{source.owner === 'house' ? 'house source' : 'your own'}</Chip>{' '}
            <code className="font-mono text-[11px]">{source.name}</code>
          </p>
        </div>
        <IconButton label="Close" title="Close (Esc)" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {source.state !== 'connected' && (
        <p className="border-b border-warn-line bg-warn-wash px-3 py-2 text-xs text-warn">
          {source.message ?? 'It is not connected.'}
        </p>
      )}
      <Panel title="Health">
        <Health source={source} />
      </Panel>
      <Panel title="Budgets">
        <BudgetList budgets={source.budgets} />
      </Panel>
      <Panel title="Stream">
        <Stream source={source} />
      </Panel>
      <Panel title="What it gives">
        <SourceGives source={source} order={report.order} />
      </Panel>
      <Panel title="Last calls">
        <CallTable calls={source.lastCalls} />
      </Panel>
    </>
  )
}

function Health({ source }: { source: SourceReport }) {
  const now = useWallNow()
  const { health, authExpiresAt } = source
  const ago = (at: number | null) =>
    at === null ? UNKNOWN : now === null ? '' : `${formatSpan(now - at)} ago`
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
      <Fact name="State">
        <HealthState source={source} isOneLine />
      </Fact>
      {health && (
        <>
          <Fact name="Breaker">{BREAKER_WORDS[health.state]}</Fact>
          <Fact name="Failures in a row">{health.failures}</Fact>
          <Fact name="Last answer">{ago(health.lastOkAt)}</Fact>
          <Fact name="Latency">
            <Latency ms={health.latencyMs} />
          </Fact>
          <Fact name="Last failure">
            {health.lastFailedAt === null ? (
              'none'
            ) : (
              <>
                {ago(health.lastFailedAt)}
                {health.lastErrorKind && `, ${plainWord(health.lastErrorKind)}`}
                {health.lastErrorMessage && (
                  <span className="block break-words text-muted">{health.lastErrorMessage}</span>
                )}
              </>
            )}
          </Fact>
        </>
      )}
      {authExpiresAt !== null && (
        <Fact name="Sign-in lasts">
          {now !== null && authExpiresAt <= now
            ? 'expired: connect it again'
            : `until ${formatWallClock(authExpiresAt)}${now === null ? '' : `, ${formatSpan(authExpiresAt - now)}`}`}
        </Fact>
      )}
    </dl>
  )
}

function Stream({ source }: { source: SourceReport }) {
  const marketNow = useMarketNow()
  const { stream } = source
  if (!stream) {
    const has = Object.values(source.matrix).some(
      (row) => row.stream.state === 'live' || row.stream.state === 'delayed',
    )
    return (
      <p className="text-muted">{has ? 'The daemon has none open here.' : 'This source streams nothing.'}</p>
    )
  }
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
      <Fact name="State">
        <span className={stream.up ? undefined : 'text-alarm'}>{streamWords(stream, marketNow)}</span>
      </Fact>
      <Fact name="Symbols">{formatCount(stream.symbols)}</Fact>
      <Fact name="Received">{formatCount(stream.received)}</Fact>
      <Fact name="Conflated" title="Replaced by a newer event of the same symbol before it was written">
        {formatCount(stream.conflated)}
      </Fact>
      <Fact name="Dropped" title="Lost because the queue was full">
        <span className={stream.dropped > 0 ? 'text-warn' : undefined}>{formatCount(stream.dropped)}</span>
      </Fact>
      <Fact name="Connections made">{formatCount(stream.connects)}</Fact>
    </dl>
  )
}

const Fact = ({ name, title, children }: { name: string; title?: string; children: ReactNode }) => (
  <>
    <dt title={title} className="text-muted">
      {name}
    </dt>
    <dd className="flex min-w-0 flex-col items-end text-right tabular-nums">
      <span className="min-w-0 max-w-full">{children}</span>
    </dd>
  </>
)
