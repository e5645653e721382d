import type { Decision } from '@onetape/api/router'
import clsx from 'clsx'
import { useWallNow } from './market-clock.ts'
import { BASIS_WORDS, withoutName } from './receipt-words.ts'
import { formatSpanExact, formatWallClock } from './time-format.ts'

type Explained = Decision['sources'][number]

/** Who would be asked, in order, and why each other one would not. */
export function DecisionList({ decision }: { decision: Decision }) {
  const asked = decision.sources.filter((s) => s.verdict !== 'skipped')
  return (
    <ol aria-label="Sources in the order of asking" className="flex flex-col gap-1 text-xs">
      {decision.sources.map((source) => (
        <li key={source.source} className="flex items-baseline gap-2.5">
          <Place place={asked.indexOf(source) + 1} verdict={source.verdict} />
          <Line source={source} />
        </li>
      ))}
      {decision.serves === 'tape' && (
        <li className="flex items-baseline gap-2.5">
          <Place place={1} verdict="serves" />
          <span>
            <strong className="font-semibold">the tape</strong> answers with what it holds, and says its age
          </span>
        </li>
      )}
      {decision.notInOrder.length > 0 && (
        <li className="pt-1 text-muted">Not in your order: {decision.notInOrder.join(', ')}</li>
      )}
    </ol>
  )
}

const Place = ({ place, verdict }: { place: number; verdict: Explained['verdict'] }) => (
  <span
    className={clsx(
      'inline-grid size-4.5 shrink-0 place-items-center rounded-full border text-[10px] font-semibold tabular-nums',
      verdict === 'serves'
        ? 'border-up-fill bg-up-wash text-up'
        : verdict === 'stands_in'
          ? 'border-line-strong text-ink'
          : 'border-line text-muted',
    )}
  >
    {verdict === 'skipped' ? <span aria-hidden>–</span> : place}
  </span>
)

function Line({ source }: { source: Explained }) {
  const now = useWallNow()
  const { verdict, retryAt } = source
  const isSkipped = verdict === 'skipped'
  return (
    <span className={clsx('flex min-w-0 flex-1 flex-wrap gap-x-2', isSkipped && 'text-muted')}>
      <span className={clsx('w-20 shrink-0', isSkipped ? 'font-medium' : 'font-semibold')}>
        {source.source}
      </span>
      <span className="w-18 shrink-0">{VERDICTS[verdict]}</span>
      <span className="min-w-0 flex-1 basis-44 text-muted">
        {isSkipped ? withoutName(source.source, source.message) : accessWords(source)}
        {retryAt !== null && now !== null && retryAt > now && (
          <span className="text-ink tabular-nums">
            {' '}
            until {formatWallClock(retryAt)}, {formatSpanExact(retryAt - now)} from now
          </span>
        )}
      </span>
    </span>
  )
}

const VERDICTS: Record<Explained['verdict'], string> = {
  serves: 'serves',
  stands_in: 'stands in',
  skipped: 'skipped',
}

function accessWords({ feed, delayedMinutes, basis, message }: Explained): string {
  const facts = [
    feed && `feed ${feed}`,
    delayedMinutes ? `${delayedMinutes} minutes late` : 'live',
    basis && `${BASIS_WORDS[basis]}`,
  ]
  // After a semicolon the router says what is special: one call will see whether it is back.
  const special = message.indexOf(';')
  return facts.filter(Boolean).join(', ') + (special < 0 ? '' : message.slice(special))
}
