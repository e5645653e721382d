import type { GapOperations, OperationsReport } from '@onetape/api/router'
import { Chip } from '../ui/Chip.tsx'
import { Meter } from '../ui/Meter.tsx'
import { NothingHere, Section } from '../ui/Section.tsx'
import { formatCount } from './number-format.ts'
import { gapProgress, gapWhy, spanText } from './operations-words.ts'

/** What the tape should hold and does not, and how far the filling is. Oldest need first, as it is worked off. */
export function OperationsGaps({ gaps }: { gaps: OperationsReport['gaps'] }) {
  const { counts, wanted, over } = gaps
  const summary = `${formatCount(counts.filling)} being filled, ${formatCount(counts.open)} waiting, ${formatCount(counts.filled)} filled so far`
  return (
    <Section title="Gaps" summary={summary}>
      {wanted.length === 0 ? (
        <NothingHere title="Nothing is missing.">
          Every slot that was due is on the tape, or was filled from history.
        </NothingHere>
      ) : (
        <ul className="flex flex-col gap-3">
          {wanted.map((gap) => (
            <WantedGap key={gap.id} gap={gap} />
          ))}
        </ul>
      )}
      {over.length > 0 && (
        <details className="mt-3 border-t border-line pt-2.5">
          <summary className="cursor-pointer font-medium">Over lately</summary>
          <ul className="flex flex-col gap-1 pt-2">
            {over.map((gap) => (
              <li key={gap.id} className="flex flex-wrap items-center gap-x-3">
                <span className="font-medium">{subjectOf(gap)}</span>
                <span className="tabular-nums">{spanText(gap.from, gap.to)}</span>
                <Chip tone={gap.state === 'unfillable' ? 'warn' : 'plain'}>
                  {gap.state.replace('_', ' ')}
                </Chip>
                <span className="text-muted">
                  {gap.rowsWritten > 0 &&
                    `${formatCount(gap.rowsWritten)} rows, ${formatCount(gap.calls)} calls. `}
                  {gap.reason}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  )
}

function WantedGap({ gap }: { gap: GapOperations }) {
  const { share, text, left } = gapProgress(gap)
  const subject = subjectOf(gap)
  return (
    <li className="flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{subject}</span>
        <span className="tabular-nums">{spanText(gap.from, gap.to)}</span>
        <span className="ml-auto font-medium tabular-nums max-sm:ml-0">{left}</span>
      </div>
      <Meter
        label={`Filling of ${subject}`}
        share={share}
        text={`${text}, ${left}`}
        tone={gap.piecesFailed > 0 ? 'warn' : 'plain'}
        className="w-full"
      />
      <div className="flex flex-wrap gap-x-3 text-muted tabular-nums">
        <span>{text}</span>
        {gap.rowsWritten > 0 && <span>{formatCount(gap.rowsWritten)} rows</span>}
        <span>
          {formatCount(gap.slots)} slots, {gapWhy(gap.why)}
        </span>
        {gap.lastError && <span className="text-warn">{gap.lastError}</span>}
      </div>
    </li>
  )
}

const subjectOf = ({ symbol, tier, assetClass, timeframe }: GapOperations): string =>
  `${symbol ?? tier ?? 'all tiers'} ${assetClass} ${timeframe}`
